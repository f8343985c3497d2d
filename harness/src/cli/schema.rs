//! `schema`: the JSON schemas that editors check YAML files with.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::failure::Failure;
use crate::case;
use crate::lab::Inventory;
use crate::plan::{Baseline, Profile};

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
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let schema = match arguments.of {
        Kind::Case => case::schema(),
        Kind::Profile => Profile::schema(),
        Kind::Baseline => Baseline::schema(),
        Kind::Inventory => Inventory::schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(Exit::Conforms)
}
