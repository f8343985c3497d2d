//! `profile new`: a first profile of an agent that no built-in one describes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::failure::{Failure, render};
use super::metadata::First;
use super::{labs, metadata};
use crate::ocf::Dialect;
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, Described, Draft, Drafted};

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
    /// Profile whose `folders` and `tools` the agent needs to print its metadata; they are taken over
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
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
    let drafted = draft(&agent, new).inspect_err(|_| {
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

fn draft(agent: &Agent, new: &New) -> Result<String, Failure> {
    let described = new.profile.as_deref().map(Described::named).transpose();
    let described = described.map_err(|error| Failure::usage(render(&error)))?;
    let laid_over = described.map_or_else(Vec::new, |found| found.laid_over);
    // A fence agent is asked on its standard input; by the fence-agent API its name begins so.
    let asked_as = match agent.name.starts_with("fence_") {
        true => Dialect::Fence,
        false => Dialect::default(),
    };
    let text = fs::read_to_string(&agent.path).unwrap_or_default();
    let first = metadata::first(&labs::to_ask(agent, &laid_over)?, agent, asked_as, &text)?;
    let metadata = Metadata::parse(&first.asked.out.text);
    let metadata = metadata.map_err(|error| mute(agent, &first, &error.to_string()))?;
    let draft = Draft::of(Drafted {
        agent,
        metadata: &metadata,
        dialect: dialect(asked_as, &metadata),
        text: &text,
        missed: &first.missed,
        laid_over: &laid_over,
    });
    Ok(draft
        .map_err(|error| Failure::usage(render(&error)))?
        .yaml())
}

/// The dialect that an agent's metadata tell; rgmanager's agents name it as their version.
fn dialect(asked_as: Dialect, metadata: &Metadata) -> Dialect {
    let version = metadata.own_version.as_deref().unwrap_or_default();
    match version.starts_with("rgmanager") {
        true => Dialect::Rgmanager,
        false => asked_as.of_version(&metadata.version),
    }
}

/// An agent that prints no metadata: what it said instead, and what it misses.
fn mute(agent: &Agent, first: &First, error: &str) -> Failure {
    let mut message =
        format!("{agent} prints no metadata that a profile could begin with: {error}");
    for line in first.asked.err.text.lines().take(SAID) {
        message += &format!("\n  it said | {line}");
    }
    for need in &first.missed {
        message += &format!("\n  {need}");
    }
    message += "\n  help: where it lacks a library or a tool, write a profile with only `name`, `agent`, and `folders` or \
                `tools`, and name it by `--profile`";
    Failure::usage(message)
}

/// How many lines are shown of what an agent said.
const SAID: usize = 5;
