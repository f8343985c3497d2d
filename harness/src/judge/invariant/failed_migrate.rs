//! Invariant 20, of rgmanager alone: the code of a `migrate` that failed says whether the guest still runs where it was.
//!
//! After 150, 6 and 7 rgmanager goes on as before, and asks for the guest's status. By any other code the service has failed:
//! nobody watches the guest any more, and nothing is done for it until an administrator disables the service. Source: what
//! the daemon of redhat-cluster 3.0.12 does after a migration; rgmanager's vm.sh, `migrate`, which answers 150 where the
//! guest is still running.

use super::breach::Breach;
use super::{calm, start};
use crate::case::{CaseSpec, Step};
use crate::history::{Exit, Guest, Moment, NodeName};
use crate::judge::record::{Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// The guest still runs here.
const STILL_HERE: i32 = 150;

/// The other codes by which nothing changes: the configuration is wrong, and the guest does not run here.
const NOTHING_CHANGES: [i32; 2] = [6, 7];

/// Judges the codes of all migrations that failed.
pub(super) fn told_where_it_runs(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let moves = |ran: &&Ran<'_>| ran.is(&Verb::MigrateTo) || ran.is(&Verb::Migrate);
    let failed = record
        .runs
        .iter()
        .filter(moves)
        .filter(|ran| !ran.succeeded());
    failed.filter_map(|ran| broken(spec, record, ran)).collect()
}

fn broken(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let (expected, (node, seen)) = match number(ran)? {
        STILL_HERE => (
            "only say 150 while the guest runs here",
            gone(spec, record, ran)?,
        ),
        number if NOTHING_CHANGES.contains(&number) => return None,
        _ => (
            "end with 150, 6 or 7, for its guest is well and by every other code rgmanager gives it up",
            lives_on(spec, record, ran)?,
        ),
    };
    let exit = ran.outcome().map(|outcome| outcome.exit.to_string());
    let breach = Breach {
        invariant: Invariant::FailedMigrateIsTrue,
        clauses: &["RGM-04"],
        at: Some(ran.ended()),
        node: Some(node),
        run: Some(ran.invocation.id),
        expected: format!("{} to {expected}", ran.name()),
        seen: format!("it ended with {}; {seen}", exit.unwrap_or_default()),
    };
    Some(breach.fail())
}

/// The number that it ended with, if it ended by itself.
fn number(ran: &Ran<'_>) -> Option<i32> {
    match ran.outcome()?.exit {
        Exit::Code(code) => Some(i32::from(code.number())),
        Exit::OfDialect(number) | Exit::Other(number) => Some(number),
        Exit::Fence(_) | Exit::Signal(_) | Exit::TimedOut | Exit::Killed => None,
    }
}

fn acts(ran: &Ran<'_>) -> bool {
    ran.is_act()
}

/// When something else may begin, end or move the guest.
fn until(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Moment {
    let changes = |step: &Step| matches!(step, Step::Fault(_) | Step::Outside(_) | Step::Guest(_));
    calm::until(spec, record, ran, acts, changes)
}

/// Where the guest that was there before still writes a while after the end of the run.
fn lives_on<'a>(
    spec: &CaseSpec,
    record: &Record<'a>,
    ran: &Ran<'_>,
) -> Option<(&'a NodeName, String)> {
    let settled = Moment(ran.ended().0.saturating_add(SLACK));
    let until = until(spec, record, ran);
    let mut before = record.writes(Guest::Subject);
    let before = before.rfind(|write| write.at <= ran.began)?;
    let mut after = record.writes(Guest::Subject);
    let after = after.find(|write| write.at > settled && write.at < until)?;
    let same = before.incarnation == after.incarnation;
    let seen = format!(
        "the disk: the same guest goes on writing from {}",
        after.node
    );
    same.then_some((after.node, seen))
}

/// What shows that no guest runs on the migration's source.
fn gone<'r>(
    spec: &CaseSpec,
    record: &Record<'_>,
    ran: &'r Ran<'_>,
) -> Option<(&'r NodeName, String)> {
    let here = &ran.invocation.node;
    if calm::overlapped(record, ran, acts) || calm::harmed(spec, record, ran.began, ran.ended()) {
        return None;
    }
    let none = start::has_no_emulator(record, here, ran.ended(), until(spec, record, ran))?;
    let seen = format!("the process table of {here} has no emulator of the guest");
    none.then_some((here, seen))
}
