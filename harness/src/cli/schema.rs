//! `schema`: the JSON schemas of the files that people write, of `run.json`, and of what other commands answer as JSON.

use std::io::Write;

use clap::{Args, ValueEnum};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::doctor::Page;
use super::exit::Exit;
use super::failure::Failure;
use super::{config, dry_run, explain, judge, lint, list};
use crate::case;
use crate::lab::Inventory;
use crate::plan::{Baseline, Profile};
use crate::report::{Comparison, Event, RunFile};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Kind of file, or of an answer as JSON
    #[arg(value_enum, default_value = "case")]
    of: Kind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A case file
    Case,
    /// A profile
    Profile,
    /// A baseline
    Baseline,
    /// An inventory of machines
    Inventory,
    /// The run.json of a run
    Run,
    /// A line of events.jsonl, and of `run --format json`
    Event,
    /// The answer of `list`
    List,
    /// The answer of `list --clauses`
    Clauses,
    /// The answer of `explain`
    Explain,
    /// The answer of `lint`
    Lint,
    /// The answer of `doctor`
    Doctor,
    /// The answer of `judge`
    Judge,
    /// The answer of `diff`
    Diff,
    /// The answer of `config show`
    Config,
    /// The answer of `run --dry-run`
    DryRun,
}

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Case => case::schema(),
            Self::Profile => Profile::schema(),
            Self::Baseline => Baseline::schema(),
            Self::Inventory => Inventory::schema(),
            Self::Run => RunFile::schema(),
            Self::Event => answer::<Event>("An event of a run"),
            Self::List => answer::<list::Cases<'_>>("The answer of `list`"),
            Self::Clauses => answer::<list::Clauses<'_>>("The answer of `list --clauses`"),
            Self::Explain => answer::<explain::Explained<'_>>("The answer of `explain`"),
            Self::Lint => answer::<lint::Linted>("The answer of `lint`"),
            Self::Doctor => answer::<Page>("The answer of `doctor`"),
            Self::Judge => answer::<judge::Judged>("The answer of `judge`"),
            Self::Diff => answer::<Comparison>("The answer of `diff`"),
            Self::Config => answer::<config::Shown>("The answer of `config show`"),
            Self::DryRun => answer::<dry_run::Whole<'_>>("The answer of `run --dry-run`"),
        }
    }
}

/// The schema of what is only written, under the title of virt-ra-tester's answers.
fn answer<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::default().for_serialize();
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    schema["title"] = title.into();
    schema
}

/// The JSON schemas of all kinds, by the names that `schema` knows them by.
#[must_use]
pub fn schemas() -> Vec<(String, Value)> {
    let kinds = Kind::value_variants().iter();
    let named = kinds.filter_map(|kind| {
        let name = kind.to_possible_value()?.get_name().to_owned();
        Some((name, kind.schema()))
    });
    named.collect()
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    writeln!(out, "{:#}", arguments.of.schema())?;
    Ok(Exit::Conforms)
}
