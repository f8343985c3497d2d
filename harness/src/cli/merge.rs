//! `merge`: several runs joined into one, whose results are like those of any run.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::select::Source;
use crate::report::{self, Merge, Results, ResultsError, Summary, cases};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folders of the runs' results
    #[arg(required = true, num_args = 2..)]
    runs: Vec<PathBuf>,
    /// Folder for the results; the joined run gets a folder of its own in it, as any run
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let merge = Merge::of(&arguments.runs).map_err(|error| Failure::usage(error.to_string()))?;
    let unwritable = |error: ResultsError| Failure::usage(error.to_string());
    let results = Results::create(&arguments.report).map_err(unwritable)?;
    let written = || -> Result<Summary, Failure> {
        merge.copy_cases(&results)?;
        let events = merge.events(results.folder());
        report::write_run(&results, suite, &events)?;
        let mut summary = Summary::default();
        events.iter().for_each(|event| summary.note(event));
        Ok(summary)
    };
    let summary = written().inspect_err(|_| results.withdraw())?;
    let (runs, joined) = merge.counts();
    writeln!(
        out,
        "{} of {runs} runs: {}",
        cases(joined),
        summary.counts()
    )?;
    writeln!(
        out,
        "{}\nresults: {}",
        summary.sentence(),
        results.folder().display()
    )?;
    Ok(Exit::of_conclusion(summary.conclusion()))
}
