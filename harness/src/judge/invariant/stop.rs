use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, Outside, Step};
use crate::history::{DomainState, Guest, Moment};
use crate::judge::condition::renamed;
use crate::judge::record::{DomainSeen, Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Invariant 2: `stop` that returned success left no process and no active domain on its node,
/// and none comes back by itself.
pub(super) fn left_nothing(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let stops = record
        .runs
        .iter()
        .filter(|ran| ran.is(&Verb::Stop) && ran.succeeded());
    stops.filter_map(|ran| left(spec, record, ran)).collect()
}

fn left(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let node = &ran.invocation.node;
    // What begins an instance here: a start on this node or what is one in part, a migration from another one.
    let brings = |other: &Ran<'_>| {
        let here = other.invocation.node == *node;
        (other.promises_a_guest() && here)
            || (other.is_migration() && !(here && other.is(&Verb::MigrateTo)))
    };
    if calm::overlapped(record, ran, brings) {
        return None;
    }
    let stirs = |step: &Step| match step {
        Step::Outside(Outside::Create(at) | Outside::Define(at)) => at == node,
        other => calm::stirs_the_daemon(other),
    };
    let until = calm::until(spec, record, ran, brings, stirs);
    let (at, seen) =
        process_left(record, ran, until).or_else(|| domain_left(record, ran, until))?;
    let breach = Breach {
        invariant: Invariant::StopLeavesNothing,
        clauses: &["STOP-01"],
        at: Some(at),
        node: Some(node),
        run: Some(ran.invocation.id),
        expected: format!(
            "{}, which returned success, to leave no instance there",
            ran.name()
        ),
        seen,
    };
    Some(breach.weigh(renamed::severity(spec, record, ran)))
}

fn process_left(record: &Record<'_>, ran: &Ran<'_>, until: Moment) -> Option<(Moment, String)> {
    let (node, end) = (&ran.invocation.node, ran.ended());
    let stood = calm::stood_after(record, node, end, until);
    if let Some(pid) = stood
        .as_ref()
        .and_then(|look| look.found.first())
        .map(|one| one.pid)
    {
        return Some((
            end,
            format!("the process table still has its emulator, process {pid}"),
        ));
    }
    let later = Moment(end.0.saturating_add(SLACK));
    let came = record
        .emulators(node, Guest::Subject)
        .find(|look| look.at > later && look.at < until && !look.found.is_empty())?;
    let pid = came.found.first()?.pid;
    Some((
        came.at,
        format!("an emulator of the guest came up afterwards, process {pid}"),
    ))
}

/// An active domain, by an answer that cannot have been on its way when the stop ended.
///
/// A daemon that has just begun takes every guest in its records for running until it has looked for the emulator: an
/// answer right after none at all, which the next one takes back, is that.
fn domain_left(record: &Record<'_>, ran: &Ran<'_>, until: Moment) -> Option<(Moment, String)> {
    let from = Moment(ran.ended().0.saturating_add(SLACK));
    let is_active = |seen: &DomainSeen| seen.state.is_some_and(DomainState::is_active);
    let all: Vec<_> = record
        .domains(&ran.invocation.node, Guest::Subject)
        .collect();
    let taken_back = |place: usize| {
        let before = place.checked_sub(1).and_then(|it| all.get(it));
        let after = all.get(place + 1);
        before.is_some_and(|it| it.state.is_none())
            && after.is_some_and(|it| it.state.is_some() && !is_active(it))
    };
    let (_, seen) = { all.iter().enumerate() }.find(|(place, seen)| {
        seen.at >= from && seen.at < until && is_active(seen) && !taken_back(*place)
    })?;
    let state = crate::judge::condition::state_word(seen.state?);
    let teller = record.engine.teller();
    Some((seen.at, format!("{teller} still has the domain: {state}")))
}
