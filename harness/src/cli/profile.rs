//! `profile new`: a first profile of an agent that no built-in one describes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::failure::{Failure, render};
use super::{labs, metadata};
use crate::ocf::Dialect;
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, Draft};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a first profile of an agent from its metadata, with its guesses marked
    New(New),
}

#[derive(Debug, Args)]
struct New {
    /// `ocf:PROVIDER:TYPE` or a path
    #[arg(long, value_name = "AGENT")]
    agent: String,
    /// New file for the profile; standard output unless said
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let What::New(new) = &arguments.what;
    let agent = Agent::find(&new.agent).map_err(|error| Failure::usage(render(&error)))?;
    // Refused before a lab is built.
    let file = new.output.as_ref().map(File::create_new).transpose();
    let file = file.map_err(|error| not_written(new, &error))?;
    let drafted = draft(&agent).inspect_err(|_| {
        let _ = new.output.as_ref().map(fs::remove_file);
    })?;
    match file {
        None => write!(out, "{drafted}")?,
        Some(mut file) => {
            let written = file.write_all(drafted.as_bytes());
            written.map_err(|error| not_written(new, &error))?;
        }
    }
    Ok(Exit::Conforms)
}

fn not_written(new: &New, error: &io::Error) -> Failure {
    let path = new.output.clone().unwrap_or_default();
    Failure::usage(format!("cannot write {}: {error}", path.display()))
}

fn draft(agent: &Agent) -> Result<String, Failure> {
    // A fence agent is asked on its standard input; by the fence-agent API its name begins so.
    let asked_as = match agent.name.starts_with("fence_") {
        true => Dialect::Fence,
        false => Dialect::default(),
    };
    let printed = metadata::printed(&labs::to_ask(agent)?, agent, asked_as)?;
    let metadata = Metadata::parse(&printed).map_err(|error| {
        Failure::usage(format!(
            "{agent} prints no metadata that a profile could begin with: {error}"
        ))
    })?;
    let dialect = asked_as.of_version(&metadata.version);
    let text = fs::read_to_string(&agent.path).unwrap_or_default();
    let draft = Draft::of(agent, &metadata, dialect, &text);
    Ok(draft
        .map_err(|error| Failure::usage(render(&error)))?
        .yaml())
}
