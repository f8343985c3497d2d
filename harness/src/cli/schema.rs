//! `schema`: the JSON schemas of the files that people write, for editors, and of `run.json`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::failure::Failure;
use crate::case;
use crate::lab::Inventory;
use crate::plan::{Baseline, Profile};
use crate::report::RunFile;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Kind of file
    #[arg(value_enum, default_value = "case")]
    of: Kind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Case,
    Profile,
    Baseline,
    Inventory,
    Run,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let schema = match arguments.of {
        Kind::Case => case::schema(),
        Kind::Profile => Profile::schema(),
        Kind::Baseline => Baseline::schema(),
        Kind::Inventory => Inventory::schema(),
        Kind::Run => RunFile::schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(Exit::Conforms)
}
