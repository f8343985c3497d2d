//! `report`: writes the reports of a finished run again, draws one of its cases, or prints where its time went.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::select::Source;
use crate::case::CaseId;
use crate::files::write_atomically;
use crate::report::{
    self, ConformanceReport, Event, Picture, RecordedCase, Results, Summary, Times, replay,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run's results
    run: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Write only the picture of this case, to the file of --to
    #[arg(long, value_name = "CASE", requires = "to")]
    picture: Option<String>,
    /// SVG file for --picture
    #[arg(long, value_name = "FILE", requires = "picture")]
    to: Option<PathBuf>,
    /// Write no report; print the conformance report as YAML
    #[arg(long, conflicts_with_all = ["picture", "times"])]
    conformance: bool,
    /// Write no report; print the time that the agent and the lab took, and how long each action took
    #[arg(long, conflicts_with = "picture")]
    times: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    if arguments.times {
        write!(out, "{}", times(&arguments.run)?)?;
        return Ok(Exit::Conforms);
    }
    if arguments.conformance {
        write!(out, "{}", conformance(arguments)?)?;
        return Ok(Exit::Conforms);
    }
    match (&arguments.picture, &arguments.to) {
        (Some(case), Some(file)) => picture(arguments, case, file)?,
        _ => reports(arguments, out)?,
    }
    Ok(Exit::Conforms)
}

fn reports(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let suite = arguments.source.suite()?;
    let events = replay(&arguments.run).map_err(|error| Failure::usage(error.to_string()))?;
    let results = Results::of_finished(&arguments.run);
    for (name, mut report) in report::reports(&results, suite) {
        events.iter().try_for_each(|event| report.event(event))?;
        report.finish()?;
        writeln!(out, "{}", arguments.run.join(name).display())?;
    }
    Ok(())
}

/// The conformance report of a finished run.
fn conformance(arguments: &Arguments) -> Result<String, Failure> {
    let suite = arguments.source.suite()?;
    let mut summary = Summary::default();
    let events = replay(&arguments.run).map_err(|error| Failure::usage(error.to_string()))?;
    events.iter().for_each(|event| summary.note(event));
    let report = ConformanceReport::of(&summary, &suite).ok_or_else(|| {
        let run = arguments.run.display();
        Failure::usage(format!(
            "the run in {run} was made with another suite than this one; name its folder by --cases, or use the version of \
             virt-ra-tester that made it"
        ))
    })?;
    Ok(report.yaml()?)
}

/// Where the time of a finished run went.
fn times(run: &Path) -> Result<Times, Failure> {
    let results = Results::of_finished(run);
    let mut times = Times::default();
    for event in replay(run).map_err(|error| Failure::usage(error.to_string()))? {
        times.note(&event);
        if let Event::CaseEnded(end) = event {
            let folder = results.case_folder(&end.verdict.case);
            // Of a case that passed there may be none.
            if !folder.join("history.jsonl").exists() {
                continue;
            }
            let recorded = RecordedCase::open(&folder);
            let recorded = recorded.map_err(|error| Failure::usage(error.to_string()))?;
            times.note_runs(&recorded.history);
        }
    }
    Ok(times)
}

fn picture(arguments: &Arguments, case: &str, file: &Path) -> Result<(), Failure> {
    let suite = arguments.source.suite()?;
    let id = CaseId(case.trim_start_matches('=').to_owned());
    let folder = Results::of_finished(&arguments.run).case_folder(&id);
    if !folder.is_dir() {
        let run = arguments.run.display();
        return Err(Failure::usage(format!(
            "there is no case `{}` in {run}; its folder `cases` has a folder for each case that ran",
            id.0
        )));
    }
    let recorded =
        RecordedCase::open(&folder).map_err(|error| Failure::usage(error.to_string()))?;
    let found = suite.cases.iter().find(|case| case.id == recorded.id);
    let sentence = found.map_or("", |case| case.spec.case.as_str());
    let picture = Picture::of(&recorded.history, &recorded.verdict)
        .ok_or_else(|| Failure::usage(format!("the history of `{}` has nothing to draw", id.0)))?;
    write_atomically(file, picture.alone(sentence).as_bytes())
        .map_err(|error| Failure::inconclusive(format!("cannot write {}: {error}", file.display())))
}
