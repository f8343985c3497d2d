use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, Step};
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::condition::{is_received, state_word};
use crate::judge::record::{Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Invariant 3: `start` that returned success left a running guest on its node, and so did `recover` and `restart`.
pub(super) fn left_a_guest(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let starts = record
        .runs
        .iter()
        .filter(|ran| ran.promises_a_guest() && ran.succeeded());
    starts
        .filter_map(|ran| missing(spec, record, ran))
        .collect()
}

fn missing(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let node = &ran.invocation.node;
    let takes = |other: &Ran<'_>| {
        other.invocation.node == *node && (other.is(&Verb::Stop) || other.is_migration())
    };
    // A guest that the case scripted from its boot may end by itself at once.
    if spec.given.guest.is_some_and(ends_by_itself)
        || calm::overlapped(record, ran, takes)
        || calm::harmed(spec, record, ran.began, ran.ended())
    {
        return None;
    }
    let changes = |step: &Step| !matches!(step, Step::Run(_) | Step::Check(_) | Step::Settle(_));
    let until = calm::until(spec, record, ran, takes, changes);
    let seen = absent(record, ran, until).or_else(|| not_running(record, ran, until))?;
    let breach = Breach {
        invariant: Invariant::StartLeavesGuest,
        clauses: match ran.is(&Verb::Start) {
            true => &["START-01"],
            false => &["RGM-11"],
        },
        at: Some(ran.ended()),
        node: Some(node),
        run: Some(ran.invocation.id),
        expected: format!(
            "{}, which returned success, to leave a running guest",
            ran.name()
        ),
        seen,
    };
    Some(breach.fail())
}

/// Whether a guest with this script from its boot may end by itself.
pub(super) const fn ends_by_itself(guest: crate::case::GuestDo) -> bool {
    use crate::case::GuestDo::{Deaf, Dirty, Normal, Panic, PowerOff, Reboot, Slow, Suspend};
    match guest {
        Panic | Suspend | PowerOff => true,
        Deaf | Slow | Reboot | Dirty | Normal => false,
    }
}

fn absent(record: &Record<'_>, ran: &Ran<'_>, until: Moment) -> Option<String> {
    let none = has_no_emulator(record, &ran.invocation.node, ran.ended(), until)?;
    none.then(|| "the process table has no emulator of it".to_owned())
}

/// Whether a node had no emulator of the guest after a run that ended then; none where nobody looked.
pub(super) fn has_no_emulator(
    record: &Record<'_>,
    node: &NodeName,
    end: Moment,
    until: Moment,
) -> Option<bool> {
    let stood = calm::stood_after(record, node, end, until)?;
    let settled = Moment(end.0.saturating_add(SLACK)).min(until);
    let came = record
        .emulators(node, Guest::Subject)
        .any(|look| look.at >= end && look.at <= settled && !look.found.is_empty());
    Some(stood.found.is_empty() && !came)
}

fn not_running(record: &Record<'_>, ran: &Ran<'_>, until: Moment) -> Option<String> {
    let (node, end) = (&ran.invocation.node, ran.ended());
    let settled = Moment(end.0.saturating_add(SLACK)).min(until);
    let last = record
        .domains(node, Guest::Subject)
        .rfind(|seen| seen.at >= end && seen.at <= settled && seen.state.is_some())?;
    let state = last.state?;
    // A guest that was paused before may stay so: that is the agent's policy. So may one whose disk fails.
    let paused = state == DomainState::Paused && last.reason != DomainState::PAUSED_IOERROR;
    let wrong =
        state == DomainState::Crashed || is_received(&last) || (paused && is_own_boot(record, ran));
    let teller = record.engine.teller();
    wrong.then(|| format!("{teller}: {}, reason {}", state_word(state), last.reason))
}

/// Whether no instance was on the node when the start began.
fn is_own_boot(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let before = record
        .emulators(&ran.invocation.node, Guest::Subject)
        .rfind(|look| look.at <= ran.began);
    before.is_some_and(|look| look.found.is_empty())
}
