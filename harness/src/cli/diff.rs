//! `diff`: what changed from one finished run to another.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::printed::Printed;
use crate::report::{Comparison, WholeRun};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the first run's results
    before: PathBuf,
    /// Folder of the second run's results
    after: PathBuf,
    #[command(flatten)]
    printed: Printed,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let open = |folder: &PathBuf| {
        WholeRun::open(folder).map_err(|error| Failure::usage(error.to_string()))
    };
    let (before, after) = (open(&arguments.before)?, open(&arguments.after)?);
    let comparison = Comparison::of(&before, &after);
    arguments.printed.print(out, &comparison)?;
    Ok(match comparison.regression {
        true => Exit::DoesNotConform,
        false => Exit::Conforms,
    })
}
