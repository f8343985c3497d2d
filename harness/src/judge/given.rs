//! The world that a case begins in, as far as the agent's own `start` makes it.

use super::record::{Ran, pair};
use super::{Finding, Invariant, Origin, Starts};
use crate::history::{Entry, Exit, Guest, Moment, Outcome, Sighting, What};
use crate::ocf::Verb;

/// The start that should have reached the `given` state and did not: it failed, or it returned success and no emulator of
/// the guest was ever seen on its node. None if the state was reached, or if the lab may be to blame.
pub(super) fn failed_start(entries: &[Entry]) -> Option<u32> {
    let ready = |entry: &Entry| matches!(entry.what, What::Ready { .. });
    if entries.iter().any(ready) {
        return None;
    }
    let runs = pair(entries);
    let last = runs.last().filter(|ran| ran.is(&Verb::Start))?;
    let (at, outcome) = last.end?;
    let failed = !last.succeeded() || has_no_guest(entries, last, at);
    (failed && !is_the_labs(outcome)).then_some(last.invocation.id)
}

/// A timeout on an overloaded machine says nothing about the agent.
fn is_the_labs(outcome: &Outcome) -> bool {
    outcome.exit == Exit::TimedOut && outcome.is_starved()
}

/// Whether somebody looked at the node after the start's end, and never saw an emulator of the guest.
fn has_no_guest(entries: &[Entry], ran: &Ran<'_>, end: Moment) -> bool {
    let looks = entries.iter().filter(|entry| entry.at >= end);
    let mut looks = looks.filter_map(|entry| match &entry.what {
        What::Saw(Sighting::Emulators { node, found }) if *node == ran.invocation.node => {
            Some(found)
        }
        _ => None,
    });
    let subjects = |found: &Vec<_>| {
        { found.iter() }.any(|one: &crate::history::Emulator| one.guest == Guest::Subject)
    };
    let Some(first) = looks.next() else {
        return false;
    };
    !subjects(first) && !looks.any(subjects)
}

/// Counts the starts in a history, and those that no finding contradicts.
pub(super) fn starts(entries: &[Entry], findings: &[Finding]) -> Starts {
    let belied = |id: u32| {
        let of_start =
            |one: &Finding| one.origin == Origin::Given || one.breaks(Invariant::StartLeavesGuest);
        { findings.iter() }.any(|one| one.run == Some(id) && of_start(one))
    };
    let mut starts = Starts::default();
    for ran in pair(entries) {
        if ran.is(&Verb::Start) && ran.end.is_some() {
            starts.tried += 1;
            let worked = ran.succeeded() && !belied(ran.invocation.id);
            starts.worked += u32::from(worked);
        }
    }
    starts
}
