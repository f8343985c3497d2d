//! `matrix`: one static page of many runs, agents and versions by profiles of demands and findings.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::select::Source;
use crate::report::{Confirmed, Linked, Matrix};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folders of the runs' results, in the order of the page's columns
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// Folder for the page and those that it leads to; it must be new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write a small page of each run's findings instead of copying its whole report
    #[arg(long)]
    findings: bool,
    /// File of the findings that people have confirmed in the agents' sources; the pages say which
    #[arg(long, value_name = "FILE")]
    confirmed: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let opened = Matrix::open(&arguments.runs);
    let matrix = opened.map_err(|error| Failure::usage(error.to_string()))?;
    let suite = match arguments.findings {
        true => Some(arguments.source.suite()?),
        false => None,
    };
    let confirmed = arguments.confirmed.as_deref().map(Confirmed::read);
    let confirmed = confirmed.transpose();
    let confirmed = confirmed.map_err(|error| Failure::usage(error.to_string()))?;
    let linked = suite.as_ref().map_or(Linked::Reports, Linked::Findings);
    let folder = &arguments.out;
    let written = matrix.write(folder, linked, confirmed.as_ref());
    written.map_err(|error| {
        let help = match error.kind() {
            io::ErrorKind::DirectoryNotEmpty => "; name a new folder, since nothing is overwritten",
            _ => "",
        };
        let place = folder.display();
        Failure::usage(format!("cannot write the page to {place}: {error}{help}"))
    })?;
    writeln!(out, "{}", folder.join("index.html").display())?;
    Ok(Exit::Conforms)
}
