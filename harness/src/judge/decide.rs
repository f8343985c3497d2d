use super::record::Record;
use super::verdict::GIVEN;
use super::{Facts, Finding, Severity, Verdict, expectation, given, invariant, read_only};
use crate::case::{CaseId, CaseSpec, Level};
use crate::history::{Entry, Exit, History, Moment, What};

/// Decides one case from its history.
///
/// Only what came before the lab's first trouble is held against the agent; the trouble itself
/// makes the verdict at least `unknown`.
#[must_use]
pub fn judge(id: &CaseId, spec: &CaseSpec, history: &History, facts: &Facts) -> Verdict {
    let stretched = pace(&history.entries).map(|pace| spec.stretched(pace));
    let spec = stretched.as_ref().unwrap_or(spec);
    let trouble = first_trouble(&history.entries);
    let record = judged(&history.entries);
    let over = trouble.is_none() && has_done(&history.entries);
    let mut told = Told {
        level: spec.level,
        findings: Vec::new(),
        notes: Vec::new(),
    };
    if is_ready(record.entries) {
        expectation::judge(spec, &record, facts, over, &mut told);
        if was_starved(&record) || was_hurried(&record) || read_only::is_to_blame(&record) {
            told.doubt();
        }
        told.findings
            .extend(invariant::judge(spec, &record, facts, over));
        let broken = invariant::interpreter_silent(spec, &record, &told.findings);
        told.findings.extend(broken);
        if over {
            told.notes.extend(invariant::usual_remains(spec, &record));
        }
    }
    told.findings.extend(lab_findings(&history.entries, over));
    told.notes.extend(read_only::notes(&record));
    let mut verdict = Verdict::of(id.clone(), told.findings, told.notes);
    verdict.took = history.entries.last().map_or(0, |entry| entry.at.0);
    verdict.in_agent = in_agent(&history.entries);
    verdict.starts = given::starts(&history.entries, &verdict.findings);
    verdict
}

/// How many times slower than usual the lab was, where it was: the case was given so much more time then.
fn pace(entries: &[Entry]) -> Option<u32> {
    entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => lab.get("pace")?.parse().ok(),
        _ => None,
    })
}

/// When and where the guest ran twice, as far as the judge's own finding of that proves it; for pictures.
pub(crate) fn doubled(history: &History) -> Option<invariant::Doubled> {
    let record = judged(&history.entries);
    is_ready(record.entries)
        .then(|| invariant::doubled(&record))
        .flatten()
}

/// Whether the guest's own writes already prove that it ran twice.
pub(crate) fn doubled_on_disk(entries: &[Entry]) -> bool {
    let record = judged(entries);
    is_ready(record.entries) && invariant::doubled_on_disk(&record)
}

/// What may be judged: everything before the lab's first trouble.
fn judged(entries: &[Entry]) -> Record<'_> {
    let end = first_trouble(entries).map_or(entries.len(), |(index, _)| index);
    Record::of(&entries[..end])
}

/// What a case came to so far; its level says how its own demands weigh.
pub(super) struct Told {
    pub(super) level: Level,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<String>,
}

impl Told {
    /// Adds a demand of the case that was not met, at the case's level.
    pub(super) fn unmet(&mut self, mut finding: Finding) {
        match self.level {
            Level::Must => finding.severity = Severity::Fail,
            Level::Should => finding.severity = Severity::Warn,
            Level::May => {
                let Finding {
                    place,
                    expected,
                    seen,
                    ..
                } = &finding;
                self.notes
                    .push(format!("{place}: wished for {expected}; seen: {seen}"));
                return;
            }
        }
        self.findings.push(finding);
    }

    /// Turns every finding so far into one that says nothing against the agent.
    fn doubt(&mut self) {
        for finding in &mut self.findings {
            finding.severity = Severity::Unknown;
        }
    }

    /// Adds something that could not be judged.
    pub(super) fn unknown(&mut self, mut finding: Finding) {
        finding.severity = Severity::Unknown;
        self.findings.push(finding);
    }
}

/// Whether an overloaded machine let the agent overrun: what the case found after that follows from it.
fn was_starved(record: &Record<'_>) -> bool {
    let mut outcomes = record.runs.iter().filter_map(super::record::Ran::outcome);
    outcomes.any(|outcome| outcome.exit == Exit::TimedOut && outcome.is_starved())
}

/// Whether the case gave a run less time than its agent asks for, and it did not end in that: what the case found after
/// it follows from the kill.
fn was_hurried(record: &Record<'_>) -> bool {
    record.runs.iter().any(|ran| ran.hurried().is_some())
}

fn first_trouble(entries: &[Entry]) -> Option<(usize, &str)> {
    entries
        .iter()
        .enumerate()
        .find_map(|(index, entry)| match &entry.what {
            What::Trouble { text } => Some((index, text.as_str())),
            _ => None,
        })
}

fn is_ready(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|entry| matches!(entry.what, What::Ready { .. }))
}

fn has_done(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.what, What::Done))
}

fn lab_findings(entries: &[Entry], over: bool) -> Vec<Finding> {
    let accused = given::failed_start(entries);
    let mut findings: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Trouble { text } => Some(match accused {
                None => lab_finding(Some(entry.at), text),
                Some(_) => not_begun(entry.at, accused, text),
            }),
            _ => None,
        })
        .collect();
    if findings.is_empty() && !is_ready(entries) {
        findings.push(lab_finding(
            None,
            "the history ends before the lab was ready",
        ));
    } else if findings.is_empty() && !over {
        findings.push(lab_finding(
            None,
            "the history ends before the case was done",
        ));
    }
    findings
}

/// The agent's own start did not make the world: the case says nothing of its demand, and its reason is the agent's.
fn not_begun(at: Moment, run: Option<u32>, text: &str) -> Finding {
    Finding {
        place: GIVEN.to_owned(),
        run,
        expected: "the agent's own start to make the guest that the case begins with".to_owned(),
        ..lab_finding(Some(at), text)
    }
}

fn lab_finding(at: Option<Moment>, text: &str) -> Finding {
    Finding {
        severity: Severity::Unknown,
        clauses: Vec::new(),
        place: "lab".to_owned(),
        at,
        node: None,
        run: None,
        expected: "a lab that carries out the case".to_owned(),
        seen: text.to_owned(),
    }
}

fn in_agent(entries: &[Entry]) -> u64 {
    let took = entries.iter().map(|entry| match &entry.what {
        What::Ended(outcome) => outcome.took,
        _ => 0,
    });
    took.sum()
}
