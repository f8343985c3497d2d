//! Reports: what runs, what came of it, and what can be done about it.
//!
//! The reporters share nothing but [`Event`]: whoever runs cases sends events, and each reporter turns them into its own
//! format. Nothing here touches a node or judges anything. A new format is a file here and a line in [`reports`].

mod anchor;
mod cause;
mod cluster_words;
mod compare;
mod confirmed;
mod conformance;
mod console;
mod coverage;
mod diagnosis;
mod elsewhere;
mod escape;
mod event;
mod finding;
mod github;
mod html;
mod identity;
mod json;
mod junit;
mod markdown;
mod matrix;
mod merge;
mod old_runs;
mod picture;
mod progress;
mod recorded;
mod results;
mod run_file;
mod run_output;
mod runner;
mod served;
mod summary;
mod tap;
#[cfg(test)]
mod tests;
mod timeline;
mod times;
mod whole_run;
mod yamlish;

use std::io;

use crate::case::Suite;

pub use compare::{Change, ChangeKind, Comparison, Standing};
pub use confirmed::{
    Confirmed, ConfirmedAgent, ConfirmedError, ConfirmedFinding, ConfirmedVersion,
};
pub use conformance::{
    ConformanceReport, ConformanceWriter, Core, DemandReport, FILE as CONFORMANCE, FindingReport,
    Implementation, Part, ProfileReport, ProfileResult, Statistics, SuiteUsed,
};
pub use console::{Console, Detail};
pub use coverage::{Covered, coverage};
pub use diagnosis::{Demand, Diagnosis, SourceLine};
pub use event::{CaseEnd, Event, Reporter, RunStart, Skip};
pub use finding::Class;
pub use github::Github;
pub use html::{Extent, Html, RunPage};
pub use identity::{Chosen, Digests, Host, Identity, SkippedCounts, Subject, Tool, now};
pub use json::{EventLog, RunWriter};
pub use junit::Junit;
pub use matrix::{Linked, Matrix};
pub use merge::{Merge, MergeError};
pub use old_runs::OldRuns;
pub use picture::Picture;
pub use recorded::{
    Kept, Recorded, RecordedCase, RecordedError, outcomes, read_run_file, replay, replay_own,
    summed_up,
};
pub use results::{GrowingFile, Results, ResultsError, WholeFile};
pub use run_file::{RUN_FORMAT, RunFile};
pub use runner::{forget_runner, note_runner};
pub use served::counted;
pub(crate) use summary::cases;
pub use summary::{Conclusion, Summary, Tally};
pub use tap::Tap;
pub use timeline::{Line, lines};
pub use times::Times;
pub use whole_run::{Difference, WholeRun};

/// The reports that can be written again from a run's events, by the names of their files. The suite has the cases'
/// sentences and the demands.
#[must_use]
pub fn reports(results: &Results, suite: Suite) -> Vec<(&'static str, Box<dyn Reporter + Send>)> {
    let (tap, junit) = ("report.tap", "junit.xml");
    let in_junit = Junit::new(results.whole_file(junit), &suite);
    let conformance = ConformanceWriter::new(results.clone(), suite.clone());
    vec![
        ("report.html", Box::new(Html::new(results.clone(), suite))),
        (CONFORMANCE, Box::new(conformance)),
        (tap, Box::new(Tap::new(results.whole_file(tap)))),
        (junit, Box::new(in_junit)),
    ]
}

/// Writes all files of a run from its events.
///
/// # Errors
/// When one cannot be written.
pub fn write_run(results: &Results, suite: Suite, events: &[Event]) -> io::Result<()> {
    let log = EventLog::create(results)?;
    let files: [Box<dyn Reporter + Send>; 2] =
        [Box::new(log), Box::new(RunWriter::new(results.clone()))];
    let reports = reports(results, suite).into_iter();
    for mut file in files.into_iter().chain(reports.map(|(_, report)| report)) {
        events.iter().try_for_each(|event| file.event(event))?;
        file.finish()?;
    }
    Ok(())
}
