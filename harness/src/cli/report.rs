//! `report`: writes the reports of a finished run again, or a page of chosen cases; draws one of them, or prints where the
//! time went.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::filters::{Matching, nothing};
use super::select::Source;
use crate::case::CaseId;
use crate::files::{fill_atomically, write_atomically};
use crate::history::History;
use crate::judge::Severity;
use crate::report::{
    self, ConformanceReport, Event, Extent, Picture, RecordedCase, Results, RunPage, Summary,
    Times, replay, summed_up,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run's results
    run: PathBuf,
    #[command(flatten)]
    matching: Matching,
    #[command(flatten)]
    source: Source,
    /// Write only a page of what was found against the agent, to the file of --to
    #[arg(long)]
    findings: bool,
    /// Write only the picture of this case, to the file of --to
    #[arg(long, value_name = "CASE", requires = "to", conflicts_with_all = ["filters", "skip", "findings"])]
    picture: Option<String>,
    /// HTML file for the cases that FILTERS, --skip or --findings choose, or SVG file for --picture
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Write no report; print the conformance report as YAML
    #[arg(long, conflicts_with_all = ["filters", "skip", "findings", "to", "times"])]
    conformance: bool,
    /// Write no report; print the time that the agent and the lab took, and how long each action took
    #[arg(long, conflicts_with_all = ["filters", "skip", "findings", "to"])]
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
    let is_part = arguments.findings || arguments.matching.typed().next().is_some();
    match (&arguments.picture, &arguments.to) {
        (Some(case), Some(file)) => picture(arguments, case, file)?,
        (None, Some(file)) if is_part => page(arguments, file)?,
        (None, None) if is_part => {
            return Err(Failure::usage(
                "a page of a part of the run is a file of its own, and the run's reports stay as they are: name it with \
                 --to FILE",
            ));
        }
        (None, Some(_)) => {
            return Err(Failure::usage(
                "--to FILE takes a page of the cases that filters choose, of --findings, or a --picture; name one of them",
            ));
        }
        _ => reports(arguments, out)?,
    }
    Ok(Exit::Conforms)
}

/// Writes a page of the chosen cases.
fn page(arguments: &Arguments, file: &Path) -> Result<(), Failure> {
    let suite = arguments.source.suite()?;
    let matching = &arguments.matching;
    matching.refuse_strangers(&suite)?;
    let cases: BTreeMap<&CaseId, _> = suite.cases.iter().map(|case| (&case.id, case)).collect();
    let summary = summary(&arguments.run)?;
    let is_chosen = |id: &CaseId, came: Option<Severity>| {
        let word = came.map_or("skipped", Severity::word);
        cases.get(id).is_some_and(|case| matching.fits(case, word))
    };
    let chosen: Vec<_> = matching.typed().collect();
    let chosen = (!chosen.is_empty()).then(|| chosen.join(" "));
    let summary = match &chosen {
        Some(_) => summary.only(is_chosen),
        None => summary,
    };
    if summary.ended.is_empty() && summary.start.skipped.is_empty() {
        let run = arguments.run.display();
        return Err(nothing(&format!("no case in {run} matches the filters")));
    }
    let page = RunPage {
        results: &Results::of_finished(&arguments.run),
        suite: &suite,
        summary: &summary,
        extent: Extent {
            chosen,
            findings: arguments.findings,
        },
        reported: None,
        confirmed: None,
    };
    written(file, fill_atomically(file, |to| page.write(to)))
}

/// What a finished run came to.
fn summary(run: &Path) -> Result<Summary, Failure> {
    summed_up(run).map_err(|error| Failure::usage(error.to_string()))
}

/// What came of writing a file.
fn written(file: &Path, outcome: io::Result<()>) -> Result<(), Failure> {
    outcome
        .map_err(|error| Failure::inconclusive(format!("cannot write {}: {error}", file.display())))
}

fn reports(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let suite = arguments.source.suite()?;
    let events = replay(&arguments.run).map_err(|error| Failure::usage(error.to_string()))?;
    let results = Results::of_finished(&arguments.run);
    let is_of_another =
        |event: &Event| matches!(event, Event::RunStarted(start) if !start.is_of(&suite));
    let is_of_another = events.iter().any(is_of_another);
    for (name, mut report) in report::reports(&results, suite) {
        events.iter().try_for_each(|event| report.event(event))?;
        report.finish()?;
        let stays = match is_of_another && name == report::CONFORMANCE {
            true => {
                " stays as it is: the run was made with another suite; name its folder by --cases"
            }
            false => "",
        };
        writeln!(out, "{}{stays}", arguments.run.join(name).display())?;
    }
    Ok(())
}

/// The conformance report of a finished run.
fn conformance(arguments: &Arguments) -> Result<String, Failure> {
    let suite = arguments.source.suite()?;
    let summary = summary(&arguments.run)?;
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
            if !History::file_in(&folder).exists() {
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
    let found = suite.case(&recorded.id.0);
    let sentence = found.map_or("", |case| case.spec.case.as_str());
    let picture = Picture::of(&recorded.history, &recorded.verdict)
        .ok_or_else(|| Failure::usage(format!("the history of `{}` has nothing to draw", id.0)))?;
    let picture = picture.alone(sentence);
    written(file, write_atomically(file, picture.as_bytes()))
}
