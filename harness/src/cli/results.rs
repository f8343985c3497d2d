//! `results`: what to do with the folders of finished runs.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::failure::Failure;
use crate::report::OldRuns;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Remove the folders of old runs; a folder that no run has made, and one of a run that goes on, is never touched
    Prune(Prune),
}

#[derive(Debug, Args)]
struct Prune {
    /// How many of the newest runs stay
    #[arg(long, value_name = "N", default_value = "10")]
    keep: usize,
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    /// Only tell what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let What::Prune(prune) = &arguments.command;
    let root = &prune.report;
    let unreadable = |error: io::Error| {
        let place = root.display();
        Failure::usage(format!(
            "cannot read {place}: {error}; name the folder of the results with --report DIR"
        ))
    };
    let runs = OldRuns::below(root).map_err(unreadable)?;
    let unremoved = |error: io::Error| {
        let place = root.display();
        Failure::inconclusive(format!("cannot remove old runs from {place}: {error}"))
    };
    let mut removed = 0;
    for folder in runs.beyond(prune.keep) {
        if !prune.dry_run {
            fs::remove_dir_all(folder).map_err(unremoved)?;
        }
        writeln!(out, "{}", folder.display())?;
        removed += 1;
    }
    if !prune.dry_run {
        runs.mend_latest().map_err(unremoved)?;
    }
    let done = match prune.dry_run {
        true => "would be removed",
        false => "removed",
    };
    let left = runs.count() - removed;
    writeln!(out, "{removed} {done}, {left} left in {}", root.display())?;
    Ok(Exit::Conforms)
}
