//! `matrix`: one static page of many runs, agents by areas of the suite.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use crate::report::{WholeRun, write_matrix};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folders of the runs' results
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// Folder for the page and the reports that it leads to; it must be new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let open = |folder: &PathBuf| {
        WholeRun::open(folder).map_err(|error| Failure::usage(error.to_string()))
    };
    let runs: Result<Vec<_>, _> = arguments.runs.iter().map(open).collect();
    let folder = &arguments.out;
    write_matrix(&runs?, folder).map_err(|error| {
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
