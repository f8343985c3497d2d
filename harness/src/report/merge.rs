//! Several runs joined into one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::event::{CaseEnd, Event, RunStart, Skip};
use super::identity::{Chosen, Identity};
use super::recorded::{RecordedCase, RecordedError, replay};
use super::results::Results;
use super::whole_run::{Difference, WholeRun, distinct};
use crate::case::CaseId;
use crate::judge::Severity;
use crate::plan::Partition;

/// Why runs cannot be joined.
#[derive(Debug, Error)]
pub enum MergeError {
    /// One of them cannot be read.
    #[error("{0}")]
    Recorded(#[from] RecordedError),
    /// Two of them differ in what they are made of.
    #[error(
        "{} and {} don't belong together, since these differ: {}; `virt-ra-tester diff` compares such runs",
        one.display(), other.display(), differences.join(", ")
    )]
    Apart {
        /// The first one.
        one: PathBuf,
        /// The one that differs.
        other: PathBuf,
        /// What differs, with both values.
        differences: Vec<String>,
    },
}

/// Runs that belong together.
#[derive(Debug)]
pub struct Merge {
    runs: Vec<WholeRun>,
    /// What every case came to, and the number of the run that has its results.
    ends: BTreeMap<CaseId, (CaseEnd, usize)>,
    start: RunStart,
    /// Milliseconds of processors' time that all runs took.
    processor: u64,
}

impl Merge {
    /// Reads runs and sees whether they belong together: the same agent, suite, profile and tool, on machines of one class.
    ///
    /// # Errors
    /// When one cannot be read, or they differ.
    pub fn of(folders: &[PathBuf]) -> Result<Self, MergeError> {
        let folders = distinct(folders).into_iter();
        let runs: Result<Vec<_>, _> = folders.map(|one| WholeRun::open(one)).collect();
        let runs = runs?;
        check(&runs)?;
        let (mut ends, mut starts, mut all) = (BTreeMap::new(), Vec::new(), 0);
        for (number, run) in runs.iter().enumerate() {
            for event in replay(&run.folder)? {
                match event {
                    Event::RunStarted(start) => starts.push(start),
                    Event::CaseEnded(end) => take(&mut ends, *end, number),
                    Event::RunEnded { processor, .. } => all += processor,
                    _ => {}
                }
            }
        }
        for (id, (_, number)) in &ends {
            let Some(run) = runs.get(*number) else {
                continue;
            };
            RecordedCase::check(&Results::of_finished(&run.folder).case_folder(id))?;
        }
        let start = joined(starts, &ends);
        Ok(Self {
            runs,
            ends,
            start,
            processor: all,
        })
    }

    /// The events of the joined run.
    #[must_use]
    pub fn events(&self, folder: &Path) -> Vec<Event> {
        let files = || self.runs.iter().map(|run| &run.file);
        let ends = self.ends.values();
        let ends = ends.map(|(end, _)| Event::CaseEnded(Box::new(end.clone())));
        let over = Event::RunEnded {
            // They ran side by side.
            took: files().map(|file| file.took).max().unwrap_or(0),
            preparing: files().map(|file| file.preparing).sum(),
            processor: self.processor,
            results: Some(folder.display().to_string()),
            ended: files()
                .filter_map(|file| file.ended.clone())
                .max_by_key(|text| instant(text)),
        };
        std::iter::once(Event::RunStarted(self.start.clone()))
            .chain(ends)
            .chain([over])
            .collect()
    }

    /// Copies the evidence of every case into the results of the joined run.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn copy_cases(&self, results: &Results) -> io::Result<()> {
        for (id, (_, number)) in &self.ends {
            let Some(run) = self.runs.get(*number) else {
                continue;
            };
            let from = Results::of_finished(&run.folder).case_folder(id);
            let to = results.case_folder(id);
            fs::create_dir_all(&to)?;
            for entry in fs::read_dir(&from).into_iter().flatten().flatten() {
                if entry.file_type()?.is_file() {
                    fs::copy(entry.path(), to.join(entry.file_name()))?;
                }
            }
        }
        Ok(())
    }

    /// How many runs and cases it joins.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.runs.len(), self.ends.len())
    }
}

/// Refuses runs that differ from the first one.
fn check(runs: &[WholeRun]) -> Result<(), MergeError> {
    let Some((first, others)) = runs.split_first() else {
        return Ok(());
    };
    for other in others {
        let differences = first.differences(other);
        if !differences.is_empty() {
            return Err(MergeError::Apart {
                one: first.folder.clone(),
                other: other.folder.clone(),
                differences: differences.iter().map(told).collect(),
            });
        }
    }
    Ok(())
}

fn told(Difference { what, was, now }: &Difference) -> String {
    let shown = |value: &str| match value {
        "" => "none".to_owned(),
        value => format!("`{value}`"),
    };
    format!("{what} ({} and {})", shown(was), shown(now))
}

/// Of a case that ran in several runs, the worst verdict that decides it counts.
fn take(ends: &mut BTreeMap<CaseId, (CaseEnd, usize)>, end: CaseEnd, number: usize) {
    let weight = |end: &CaseEnd| match end.verdict.severity {
        Severity::Unknown => None,
        decided => Some(decided),
    };
    let id = end.verdict.case.clone();
    let known = ends.get(&id);
    if known.is_none_or(|(known, _)| weight(known) < weight(&end)) {
        ends.insert(id, (end, number));
    }
}

/// The beginning of a run that is made of these.
fn joined(starts: Vec<RunStart>, ends: &BTreeMap<CaseId, (CaseEnd, usize)>) -> RunStart {
    let mut skipped: BTreeMap<CaseId, Skip> = BTreeMap::new();
    for skip in starts.iter().flat_map(|start| &start.skipped) {
        if !ends.contains_key(&skip.id) {
            skipped.insert(skip.id.clone(), skip.clone());
        }
    }
    let skipped: Vec<_> = skipped.into_values().collect();
    let distinct = |of: &dyn Fn(&RunStart) -> String| {
        let all: BTreeSet<String> = starts.iter().map(of).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let lab = format!(
        "{} joined runs ({})",
        starts.len(),
        distinct(&|start| start.lab.clone())
    );
    let hostname = distinct(&|start| start.identity.host.hostname.clone());
    let identities: Vec<_> = starts.iter().map(|start| &*start.identity).collect();
    let mut identity = identity(&identities);
    identity.host.hostname = hostname;
    let kinds = skipped.iter().map(|skip| skip.kind);
    identity.chosen = Chosen::of(identity.chosen.total, ends.len(), kinds);
    let first = starts.into_iter().next().unwrap_or_default();
    RunStart {
        total: ends.len(),
        lab,
        skipped,
        identity: Box::new(identity),
        seed: None,
        ..first
    }
}

/// What identifies a run that is made of these.
fn identity(all: &[&Identity]) -> Identity {
    let began = all
        .iter()
        .map(|one| &one.began)
        .min_by_key(|one| instant(one));
    let filters: BTreeSet<&String> = all.iter().flat_map(|one| &one.filters).collect();
    let everything = all.iter().any(|one| one.filters.is_empty());
    let parts: BTreeSet<&String> = all
        .iter()
        .filter_map(|one| one.partition.as_ref())
        .collect();
    let is_part = all.iter().all(|one| one.partition.is_some()) && !are_all(&parts);
    let first = all
        .first()
        .map_or_else(Identity::default, |one| (*one).clone());
    Identity {
        began: began.cloned().unwrap_or_default(),
        filters: match everything {
            true => Vec::new(),
            false => filters.into_iter().cloned().collect(),
        },
        partition: is_part.then(|| parts.into_iter().cloned().collect::<Vec<_>>().join(", ")),
        ..first
    }
}

/// Whether partitions such as `slice:1/3` make up the whole suite.
fn are_all(parts: &BTreeSet<&String>) -> bool {
    let read: Option<Vec<Partition>> = parts.iter().map(|part| part.parse().ok()).collect();
    read.is_some_and(|parts| Partition::are_all(&parts))
}

/// A moment in time, whatever the offset it is written with.
fn instant(text: &str) -> jiff::Timestamp {
    text.parse().unwrap_or(jiff::Timestamp::MIN)
}
