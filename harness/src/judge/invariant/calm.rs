//! How long a state that an action left must last: until something else may change it.

use crate::case::{CaseSpec, Fault, FaultKind, Step};
use crate::history::{Guest, Moment, NodeName};
use crate::judge::record::{EmulatorsSeen, Ran, Record, SLACK};

/// How long a set of emulators that nobody looked at again is taken to stand.
///
/// Looks are recorded when the set changes, so a long silence means that it did not.
const STANDS_AFTER: u64 = 2000;

/// Whether another run that `disturbs` was under way at some instant of this one.
pub(super) fn overlapped(
    record: &Record<'_>,
    ran: &Ran<'_>,
    disturbs: impl Fn(&Ran<'_>) -> bool,
) -> bool {
    record.runs.iter().any(|other| {
        let apart = other.ended() < ran.began || other.began > ran.ended();
        other.invocation.id != ran.invocation.id && !apart && disturbs(other)
    })
}

/// The moment before which nothing disturbs what the run left: the first later beginning of a run
/// or a step that may change it, a node that goes down, or the end of the history.
pub(super) fn until(
    spec: &CaseSpec,
    record: &Record<'_>,
    ran: &Ran<'_>,
    run_disturbs: impl Fn(&Ran<'_>) -> bool,
    step_disturbs: impl Fn(&Step) -> bool,
) -> Moment {
    let end = ran.ended();
    let runs = record
        .runs
        .iter()
        .filter(|other| other.began >= end && run_disturbs(other));
    let steps = record
        .steps()
        .filter(|(at, path)| *at >= end && spec.step(path).is_some_and(&step_disturbs));
    let downs = record.downs().filter(|(at, _)| *at >= end);
    let moments = { runs.map(|other| other.began) }
        .chain(steps.map(|(at, _)| at))
        .chain(downs.map(|(at, _)| at));
    moments.min().unwrap_or(Moment(record.last().0 + 1))
}

/// Whether a step other than a run changed the guest or the lab between two moments, or a node went down.
pub(super) fn harmed(spec: &CaseSpec, record: &Record<'_>, from: Moment, to: Moment) -> bool {
    let harms = |step: &Step| matches!(step, Step::Fault(_) | Step::Outside(_) | Step::Guest(_));
    let within = |at: Moment| at >= from && at <= to;
    let mut steps = record.steps();
    steps.any(|(at, path)| within(at) && spec.step(path).is_some_and(harms))
        || record.downs().any(|(at, _)| within(at))
}

/// Whether the harness harms the daemon by this step, or heals it: libvirt's autostart may follow.
pub(super) fn stirs_the_daemon(step: &Step) -> bool {
    matches!(
        step,
        Step::Fault(Fault::Daemon { .. }) | Step::Heal(FaultKind::Daemon)
    )
}

/// The subject's emulators on a node as they stood shortly after a moment, and before `until`: what is seen in the same
/// millisecond may be what disturbs it.
///
/// A little later than the moment itself, because what a look shows may have ended while it was
/// taken; where no look came so soon, the next one, or the one before that nothing contradicts.
pub(super) fn stood_after<'a>(
    record: &Record<'a>,
    node: &NodeName,
    after: Moment,
    until: Moment,
) -> Option<EmulatorsSeen<'a>> {
    let settled = Moment(after.0.saturating_add(SLACK));
    let looks = record.emulators(node, Guest::Subject);
    let looks: Vec<_> = looks.filter(|look| look.at < until).collect();
    let soon = looks
        .iter()
        .rfind(|look| look.at >= after && look.at <= settled);
    let next = || looks.iter().find(|look| look.at > settled);
    let before = || looks.iter().rfind(|look| look.at < after);
    let stands = Moment(after.0.saturating_add(STANDS_AFTER));
    match soon.or_else(|| next().filter(|look| look.at <= stands)) {
        Some(look) => Some(look.clone()),
        None if until > stands => before().cloned(),
        None => None,
    }
}
