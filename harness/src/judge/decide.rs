use std::collections::BTreeSet;

use super::evidence::Evidence;
use super::leftover::Leftover;
use super::ran::pair;
use super::record::Record;
use super::weighing::Weighing;
use super::{
    Accused, AgentFacts, Finding, Origin, Severity, Verdict, cluster, expectation, given,
    invariant, lacking, misled, read_only, unchanged,
};
use crate::case::{CaseId, CaseSpec};
use crate::history::{Entry, Exit, History, Moment, What};

/// Judges one case by its history.
///
/// The agent answers only for what came before the lab's first trouble. Any trouble makes the verdict at least
/// `unknown`.
#[must_use]
pub fn judge(id: &CaseId, spec: &CaseSpec, history: &History, facts: &AgentFacts) -> Verdict {
    let stretched = pace(&history.entries).map(|pace| spec.stretched(pace));
    let spec = stretched.as_ref().unwrap_or(spec);
    let trouble = first_trouble(&history.entries);
    let record = judged(&history.entries);
    let complete = trouble.is_none() && has_done(&history.entries);
    let mut weighing = Weighing::new(spec.level);
    if is_ready(record.entries) {
        let evidence = Evidence {
            spec,
            record: &record,
            facts,
            complete,
        };
        weigh(&evidence, &mut weighing);
    }
    let lab = lab_findings(&history.entries, complete);
    weighing.findings.extend(lab);
    lacking::weigh(spec, &record, &mut weighing);
    weighing.notes.extend(read_only::notes(&record));
    let unchanged = unchanged::notes(spec, &record, facts);
    weighing.notes.extend(unchanged);
    let mut verdict = Verdict::of(id.clone(), weighing.findings, weighing.notes);
    name_accused(&mut verdict.findings, &history.entries);
    verdict.unmet_may = weighing.unmet_may;
    verdict.took = history.entries.last().map_or(0, |entry| entry.at.0);
    verdict.in_agent = in_agent(&history.entries);
    verdict.starts = given::starts(&history.entries, &verdict.findings);
    verdict
}

/// Says of each run that a finding accuses what was asked of it, and how it ended.
fn name_accused(findings: &mut [Finding], entries: &[Entry]) {
    let runs = pair(entries);
    for finding in findings {
        let run = runs
            .iter()
            .find(|ran| finding.run == Some(ran.invocation.id));
        finding.accused = run.and_then(|ran| {
            Some(Accused {
                action: ran.verb()?.clone(),
                exit: ran.outcome().map(|outcome| outcome.exit),
            })
        });
    }
}

/// Judges a case whose `given` state was reached: its own demands first, then the invariants.
fn weigh(evidence: &Evidence<'_>, weighing: &mut Weighing) {
    let Evidence {
        spec,
        record,
        facts,
        complete,
    } = *evidence;
    expectation::judge(evidence, weighing);
    if was_starved(record) || was_hurried(spec, record) || read_only::is_to_blame(record) {
        weighing.doubt();
    }
    let broken = invariant::judge(spec, record, facts, complete);
    weighing.findings.extend(broken);
    if let Some((start, node)) = cluster::started_beside(record) {
        weighing.doubt_since(start.began);
        let seen = format!(
            "{} began, though no stop had ended the guest on {node}",
            start.name()
        );
        let expected = "a cluster that heeds the agent's answers";
        weighing.findings.push(Finding::of_the_lab(expected, seen));
    }
    if let Some(start) = cluster::started_after_failed_stop(record) {
        // The case goes on, but the failed stop is all that the agent answers for.
        if weighing.has_failed_by(start.began) {
            weighing.doubt_since(start.began);
        }
    }
    if let Some((at, result)) = cluster::without_agent(record) {
        weighing.doubt_since(at);
        let seen = format!(
            "the probe of {} on {} returned {}",
            result.resource, result.node, result.code
        );
        let expected = "the agents of Pacemaker's own, for the resources that the case adds";
        weighing.findings.push(Finding::of_the_lab(expected, seen));
    }
    if let Some((since, node)) = misled::by_libvirt(record) {
        weighing.doubt_since(since);
        let seen = format!("on {node} it says that the guest runs, of which no process is left");
        let expected = "libvirt to know when a container has ended";
        weighing.findings.push(Finding::of_the_lab(expected, seen));
    }
    let noisy = invariant::interpreter_silent(record, &weighing.findings);
    weighing.findings.extend(noisy);
    if complete {
        let usual = invariant::usual_remains(spec, record);
        weighing.notes.extend(usual);
    }
}

/// The patterns of what was left behind in a history of a case.
#[must_use]
pub fn leftovers(spec: &CaseSpec, history: &History) -> BTreeSet<String> {
    let record = Record::of(&history.entries);
    let left = invariant::remains(spec, &record);
    left.iter().map(Leftover::pattern).collect()
}

/// The lab's time factor, if it was slower than usual: all times of the case are multiplied by it.
fn pace(entries: &[Entry]) -> Option<u32> {
    entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => Some(lab.pace).filter(|pace| *pace > 1),
        _ => None,
    })
}

/// Whether the guest's own writes already prove that it ran twice.
pub(crate) fn doubled_on_disk(entries: &[Entry]) -> bool {
    let record = judged(entries);
    is_ready(record.entries) && invariant::doubled_on_disk(&record)
}

/// The part of a history that can be judged: everything before the lab's first trouble.
fn judged(entries: &[Entry]) -> Record<'_> {
    let end = first_trouble(entries).map_or(entries.len(), |(index, _)| index);
    Record::of(&entries[..end])
}

/// Whether a run overran its timeout on an overloaded machine. Later findings may only follow from that.
fn was_starved(record: &Record<'_>) -> bool {
    let mut outcomes = record.runs.iter().filter_map(super::record::Ran::outcome);
    outcomes.any(|outcome| outcome.exit == Exit::TimedOut && outcome.is_starved())
}

/// Whether a run was killed at a timeout shorter than its agent asks for. Later findings may only follow from the kill.
fn was_hurried(spec: &CaseSpec, record: &Record<'_>) -> bool {
    let mut runs = record.runs.iter();
    runs.any(|ran| ran.hurried().is_some() || cluster::lacked_time(spec, ran))
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

fn lab_findings(entries: &[Entry], complete: bool) -> Vec<Finding> {
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
    } else if findings.is_empty() && !complete {
        findings.push(lab_finding(
            None,
            "the history ends before the case was done",
        ));
    }
    findings
}

/// The agent's own start did not reach the `given` state: the case decides nothing, and the agent is the reason.
fn not_begun(at: Moment, run: Option<u32>, text: &str) -> Finding {
    let expected = "the agent's own start to make the guest that the case begins with";
    Finding {
        at: Some(at),
        run,
        ..Finding::new(Severity::Unknown, Origin::Given, "given", expected, text)
    }
}

fn lab_finding(at: Option<Moment>, text: &str) -> Finding {
    Finding {
        at,
        ..Finding::of_the_lab("a lab that carries out the case", text)
    }
}

fn in_agent(entries: &[Entry]) -> u64 {
    let took = entries.iter().map(|entry| match &entry.what {
        What::Ended(outcome) => outcome.took,
        _ => 0,
    });
    took.sum()
}
