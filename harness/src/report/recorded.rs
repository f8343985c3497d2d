use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use thiserror::Error;

use super::event::Event;
use super::run_file::{RUN_FORMAT, RunFile};
use super::runner::await_whole;
use super::summary::Summary;
use crate::case::CaseId;
use crate::history::{History, HistoryError};
use crate::judge::{Severity, Verdict};

/// A finished run read back from its results, to be judged again.
#[derive(Debug)]
pub struct Recorded {
    /// What `run.json` says.
    pub run: RunFile,
    /// The folders of the cases that came to a verdict.
    folders: Vec<PathBuf>,
}

/// What a run has kept of a case.
#[derive(Debug)]
pub enum Kept {
    /// All of it.
    Whole(RecordedCase),
    /// The verdict alone, since the case passed.
    Verdict(Verdict),
}

/// One case of a finished run.
#[derive(Debug)]
pub struct RecordedCase {
    /// The case.
    pub id: CaseId,
    /// What was done and seen.
    pub history: History,
    /// What it came to then.
    pub verdict: Verdict,
}

/// Why a run's results could not be read back.
#[derive(Debug, Error)]
pub enum RecordedError {
    /// It is not the folder of a finished run.
    #[error(
        "no run can be read back from {}: {why}; name the folder of a finished run, such as results/latest",
        path.display()
    )]
    NotRun {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Its `run.json` has another format.
    #[error(
        "{}: written in format {found} by another version of virt-ra-tester, and this one reads format {RUN_FORMAT}: use \
         the version that wrote it, or run the cases again", path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Its conformance report can't be read.
    #[error(
        "cannot read {}: {why}; `virt-ra-tester report` writes it anew, of a run of the suite's own cases", path.display()
    )]
    Report {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A history of it can't be read.
    #[error("{0}")]
    History(#[from] HistoryError),
}

/// What a `run.json` of any format has.
#[derive(Deserialize)]
struct AnyFormat {
    format: Option<u64>,
}

/// Reads the `run.json` of a run's folder, without its histories.
///
/// # Errors
/// When it is no run's folder, or a run's of another format.
pub fn read_run_file(folder: &Path) -> Result<RunFile, RecordedError> {
    await_whole(folder);
    let path = folder.join("run.json");
    match json::<AnyFormat>(&path)?.format {
        Some(found) if found == u64::from(RUN_FORMAT) => json(&path),
        Some(found) => Err(RecordedError::Format { path, found }),
        None => {
            let why = "it has no `format`: an older virt-ra-tester wrote it, or another program";
            let why = why.to_owned();
            Err(RecordedError::NotRun { path, why })
        }
    }
}

impl Recorded {
    /// Reads the folder of a run, such as `results/latest`.
    ///
    /// Cases that died before their verdict are left out.
    ///
    /// # Errors
    /// When it is no run's folder.
    pub fn open(folder: &Path) -> Result<Self, RecordedError> {
        let run = read_run_file(folder)?;
        let below = folder.join("cases");
        let entries = fs::read_dir(&below).map_err(|error| unreadable(&below, &error))?;
        let folders = entries.flatten().map(|entry| entry.path());
        let is_judged = |folder: &PathBuf| folder.join("verdict.json").is_file();
        let mut folders: Vec<_> = folders.filter(is_judged).collect();
        folders.sort();
        Ok(Self { run, folders })
    }

    /// Reads the cases one at a time: their histories are too many to keep.
    pub fn cases(&self) -> impl Iterator<Item = Result<Kept, RecordedError>> {
        self.folders
            .iter()
            .map(|folder| match RecordedCase::open(folder) {
                Ok(case) => Ok(Kept::Whole(case)),
                Err(error) => unkept_verdict(folder).map(Kept::Verdict).ok_or(error),
            })
    }
}

/// The verdict on a case that passed and whose history the run did not keep; none where it failed, or its history is there
/// and wrong.
fn unkept_verdict(folder: &Path) -> Option<Verdict> {
    let verdict: Verdict = json(&folder.join("verdict.json")).ok()?;
    let is_gone = !History::file_in(folder).exists();
    (is_gone && verdict.severity == Severity::Pass).then_some(verdict)
}

/// The events of a run, read back from its results, so that its reports can be written again.
///
/// A run that was killed has no last event: then [`Event::Interrupted`] stands for it, and a line that
/// was being written when it died is left out.
///
/// # Errors
/// When the folder has no readable `events.jsonl`, a line of it is no event, cases are missing that `run.json` has, or a
/// history has another format.
pub fn replay(folder: &Path) -> Result<Vec<Event>, RecordedError> {
    await_whole(folder);
    let events = replay_own(folder)?;
    refuse_truncated(folder, &events)?;
    Ok(events)
}

/// Refuses events that are fewer than those of the run that `run.json` was written of. A run that was killed has none.
fn refuse_truncated(folder: &Path, events: &[Event]) -> Result<(), RecordedError> {
    if !folder.join("run.json").exists() {
        return Ok(());
    }
    let run = read_run_file(folder)?;
    let ended = events.iter().filter_map(|event| match event {
        Event::CaseEnded(end) => Some(&end.verdict.case),
        _ => None,
    });
    let ended: BTreeSet<_> = ended.collect();
    let of_run = run.verdicts.len();
    let there = { run.verdicts.iter() }.filter(|verdict| ended.contains(&verdict.case));
    let there = there.count();
    if there == of_run {
        return Ok(());
    }
    Err(RecordedError::NotRun {
        path: folder.join("events.jsonl"),
        why: format!("it is truncated: it has {there} of the {of_run} cases that run.json has"),
    })
}

/// What a finished run came to, by its events.
///
/// # Errors
/// As [`replay`].
pub fn summed_up(folder: &Path) -> Result<Summary, RecordedError> {
    let mut summary = Summary::default();
    let events = replay(folder)?;
    events.iter().for_each(|event| summary.note(event));
    Ok(summary)
}

/// The same events for who writes the results, and so waits for nobody.
///
/// # Errors
/// As [`replay`].
pub fn replay_own(folder: &Path) -> Result<Vec<Event>, RecordedError> {
    check_formats(&folder.join("cases"))?;
    let path = folder.join("events.jsonl");
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    let mut events = Vec::new();
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        match serde_json::from_str(line) {
            Ok(event) => events.push(event),
            Err(_) if !line.ends_with('\n') => {}
            Err(error) => {
                let why = format!("line {number} is no event: {error}");
                return Err(RecordedError::NotRun { path, why });
            }
        }
    }
    match events.first() {
        Some(Event::RunStarted(_)) => {}
        _ => {
            let why = "it does not begin with the beginning of a run".to_owned();
            return Err(RecordedError::NotRun { path, why });
        }
    }
    if !matches!(events.last(), Some(Event::RunEnded { .. })) {
        events.push(Event::Interrupted);
    }
    Ok(events)
}

/// What the cases of a run came to, by the names of their folders; one that the harness died in is `unknown`.
///
/// # Errors
/// When it is no run's folder, or a verdict in it cannot be read.
pub fn outcomes(folder: &Path) -> Result<BTreeMap<String, Severity>, RecordedError> {
    await_whole(folder);
    let below = folder.join("cases");
    let entries = fs::read_dir(&below).map_err(|error| unreadable(&below, &error))?;
    let mut outcomes = BTreeMap::new();
    for entry in entries.flatten() {
        let verdict = entry.path().join("verdict.json");
        let severity = match verdict.is_file() {
            true => json::<Verdict>(&verdict)?.severity,
            false => Severity::Unknown,
        };
        outcomes.insert(entry.file_name().to_string_lossy().into_owned(), severity);
    }
    Ok(outcomes)
}

/// Refuses a run with a history of another format. A single one that is broken or missing is reported with its case.
fn check_formats(cases: &Path) -> Result<(), RecordedError> {
    for entry in fs::read_dir(cases).into_iter().flatten().flatten() {
        let history = History::file_in(&entry.path());
        if let Err(error @ HistoryError::Format { .. }) = History::check_format(&history) {
            return Err(error.into());
        }
    }
    Ok(())
}

impl RecordedCase {
    /// Refuses the folder of a case of which a file is truncated; none has to be there.
    ///
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn check(folder: &Path) -> Result<(), RecordedError> {
        let history = History::file_in(folder);
        if history.exists() {
            History::read(&history)?;
        }
        let verdict = folder.join("verdict.json");
        if verdict.exists() {
            json::<Verdict>(&verdict)?;
        }
        Ok(())
    }

    /// Reads the folder of one case, such as `results/latest/cases/stop-paused`.
    ///
    /// # Errors
    /// When it is no case's folder, or a file in it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, RecordedError> {
        // First, since it says so where an older or newer version has recorded both.
        let history = History::read(&History::file_in(folder))?;
        let verdict: Verdict = json(&folder.join("verdict.json"))?;
        Ok(Self {
            id: verdict.case.clone(),
            history,
            verdict,
        })
    }
}

fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, RecordedError> {
    let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
    serde_json::from_slice(&text).map_err(|error| RecordedError::NotRun {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

fn unreadable(path: &Path, error: &io::Error) -> RecordedError {
    RecordedError::NotRun {
        path: path.to_owned(),
        why: error.to_string(),
    }
}
