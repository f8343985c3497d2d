//! Invariant 5: a migration keeps the incarnation; after a failed or killed one exactly one
//! instance is there, or none once both nodes were stopped.

use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, GuestDo, Step};
use crate::history::{Guest, Moment};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// How long an emulator may take to end that a failed migration no longer needs.
const DYING: u64 = 1000;

/// Judges every successful migration: the guest that goes on is the guest that was there.
pub(super) fn kept_the_guest(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let migrations = record
        .runs
        .iter()
        .filter(|ran| ran.is_migration() && ran.succeeded());
    migrations
        .filter_map(|ran| other_guest(spec, record, ran))
        .collect()
}

fn other_guest(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let boots = |other: &Ran<'_>| other.is(&Verb::Start);
    let reboots = |step: &Step| matches!(step, Step::Guest(_) | Step::Outside(_) | Step::Fault(_));
    if spec.given.guest == Some(GuestDo::Reboot)
        || calm::overlapped(record, ran, boots)
        || calm::harmed(spec, record, ran.began, ran.ended())
    {
        return None;
    }
    let until = calm::until(spec, record, ran, boots, reboots);
    let before = record
        .writes(Guest::Subject)
        .rfind(|write| write.at <= ran.began)?;
    let after = record
        .writes(Guest::Subject)
        .find(|write| write.at >= ran.ended() && write.at < until)?;
    let breach = Breach {
        invariant: Invariant::MigrationKeepsGuest,
        clauses: &["MIG-01"],
        at: Some(after.at),
        node: Some(after.node),
        run: Some(ran.invocation.id),
        expected: format!("{} to keep the guest that was running", ran.name()),
        seen: format!("the disk: a guest booted anew writes from {}", after.node),
    };
    (before.incarnation != after.incarnation).then(|| breach.fail())
}

/// Judges the end of a case whose last migration failed or was killed.
pub(super) fn left_one_or_none(spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
    let failed = record.runs.iter().rfind(|ran| ran.is_migration())?;
    let end = failed.end.map(|(at, _)| at)?;
    let later = || record.runs.iter().filter(move |ran| ran.began >= end);
    if failed.succeeded() || later().any(|ran| ran.is(&Verb::Start)) {
        return None;
    }
    let stops = later().filter(|ran| ran.is(&Verb::Stop)).count();
    let stopped = later().filter(|ran| ran.is(&Verb::Stop) && ran.succeeded());
    let stopped: std::collections::BTreeSet<_> = stopped.map(|ran| &ran.invocation.node).collect();
    let left = standing(record);
    let both = record.nodes().iter().all(|node| stopped.contains(node));
    match (both, left) {
        (true, Some(1..)) => Some(still_there(failed, record)),
        (false, Some(2..)) if stops == 0 && may_leave_none(spec, record, failed) => {
            Some(doubled_up(failed, record))
        }
        (false, Some(0)) if stops == 0 && was_there(spec, record, failed.began) => {
            Some(lost(failed, record))
        }
        _ => None,
    }
}

/// How many emulators of the subject stand at the end on all nodes; none when a node was not seen.
fn standing(record: &Record<'_>) -> Option<usize> {
    let nodes = record.nodes();
    let last = nodes.into_iter().map(|node| {
        record
            .emulators(node, Guest::Subject)
            .next_back()
            .map(|look| look.found.len())
    });
    last.sum()
}

/// Whether an instance was there when the migration began, and nobody but the agent ended it.
fn was_there(spec: &CaseSpec, record: &Record<'_>, began: Moment) -> bool {
    let there = record.nodes().into_iter().any(|node| {
        let look = record
            .emulators(node, Guest::Subject)
            .rfind(|look| look.at <= began);
        look.is_some_and(|look| !look.found.is_empty())
    });
    there && !calm::harmed(spec, record, began, record.last()) && !may_end(spec)
}

/// Whether the case makes the guest end, or harms what keeps it alive.
fn may_end(spec: &CaseSpec) -> bool {
    spec.given.guest.is_some()
        || spec.any_step(|step| matches!(step, Step::Guest(_)) || step.inner().next().is_some())
}

/// Whether a migration returned an error, a while ago and with no fault in the lab: nothing of it may be left then.
fn may_leave_none(spec: &CaseSpec, record: &Record<'_>, failed: &Ran<'_>) -> bool {
    let step = failed.step(spec);
    let alone = matches!(step, Some(Step::Run(run)) if run.during.is_empty());
    let over = record.last().0 >= failed.ended().0.saturating_add(DYING);
    alone
        && over
        && failed.is(&Verb::MigrateTo)
        && failed.ended_by_itself()
        && !calm::harmed(spec, record, Moment(0), record.last())
}

fn doubled_up(failed: &Ran<'_>, record: &Record<'_>) -> Finding {
    Breach {
        invariant: Invariant::MigrationKeepsGuest,
        clauses: &["MIG-03"],
        at: Some(record.last()),
        run: Some(failed.invocation.id),
        node: None,
        expected: format!("exactly one instance after {} failed", failed.name()),
        seen: "the process tables have emulators of the guest on both nodes still".to_owned(),
    }
    .fail()
}

fn still_there(failed: &Ran<'_>, record: &Record<'_>) -> Finding {
    Breach {
        invariant: Invariant::MigrationKeepsGuest,
        clauses: &["MIG-STOP-02"],
        at: Some(record.last()),
        node: None,
        run: Some(failed.invocation.id),
        expected: format!(
            "no instance after {} failed and both stops succeeded",
            failed.name()
        ),
        seen: "the process table still has an emulator of the guest".to_owned(),
    }
    .fail()
}

fn lost(failed: &Ran<'_>, record: &Record<'_>) -> Finding {
    Breach {
        invariant: Invariant::MigrationKeepsGuest,
        clauses: &["MIG-03"],
        at: Some(record.last()),
        node: None,
        run: Some(failed.invocation.id),
        expected: format!("exactly one instance after {} failed", failed.name()),
        seen: "the process tables have no emulator of the guest any more".to_owned(),
    }
    .fail()
}
