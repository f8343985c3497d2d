//! `judge`: judges a finished run again, from its histories alone.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::{Failure, render};
use super::select::{KnownDeviations, Source};
use crate::judge::{AgentFacts, Known, Severity, judge};
use crate::plan::Profile;
use crate::report::Recorded;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run's results
    run: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Profile of the run, if it was not a built-in one
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    #[command(flatten)]
    baseline: KnownDeviations,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let recorded =
        Recorded::open(&arguments.run).map_err(|error| Failure::usage(error.to_string()))?;
    let profile = arguments.profile.as_ref().unwrap_or(&recorded.run.profile);
    let mut profile = Profile::named(profile).map_err(|error| Failure::usage(render(&error)))?;
    arguments.baseline.add_to(&mut profile, &suite)?;
    let facts = AgentFacts::of(&profile).for_agent(&recorded.run.agent);
    let mut worst = None;
    for entry in &recorded.cases {
        let Some(case) = suite.cases.iter().find(|case| case.id == entry.id) else {
            writeln!(out, "gone     {}  (the suite has no such case)", entry.id.0)?;
            continue;
        };
        let verdict = judge(&case.id, &case.spec, &entry.history, &facts);
        // Known deviations don't fail a run.
        let known = Known::of(&verdict, &profile.deviations);
        let counted = match known {
            Known::Yes(_) => Severity::Pass,
            Known::No | Known::Mended(_) => verdict.severity,
        };
        worst = worst.max(Some(counted));
        let then = entry.verdict.severity;
        let change = match then == verdict.severity {
            true => String::new(),
            false => format!("  (was {then})"),
        };
        writeln!(out, "{:8} {}{change}", verdict.severity, case.id.0)?;
    }
    Ok(worst.map_or(Exit::NothingSelected, Exit::of))
}
