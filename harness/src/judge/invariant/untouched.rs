use super::breach::Breach;
use super::{calm, start};
use crate::case::{CaseSpec, Fault, FaultKind, GuestDo, Outside, Step};
use crate::history::{DomainState, Exit, Guest, Moment, NodeName};
use crate::judge::record::{DomainSeen, EmulatorsSeen, Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Invariant 11: what only looks or checks changes nothing: no guest starts or ends by it, and no definition comes or
/// goes. That is every action but those that start, stop or move the guest.
pub(super) fn by_lookers(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    if spec.given.guest.is_some_and(start::ends_by_itself) {
        return Vec::new();
    }
    let lookers = record.runs.iter().filter(|ran| !acts(ran));
    lookers
        .filter_map(|ran| touched(spec, record, ran))
        .collect()
}

/// Whether a run may start, end, move or define the guest. What a reload may do to a definition is the agent's own matter,
/// but the guest lives through it.
fn acts(ran: &Ran<'_>) -> bool {
    ran.is_act()
}

fn touched(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let ended_by_itself = matches!(
        ran.outcome()?.exit,
        Exit::Code(_) | Exit::OfDialect(_) | Exit::Fence(_) | Exit::Other(_)
    );
    if !ended_by_itself || calm::overlapped(record, ran, acts) {
        return None;
    }
    let node = &ran.invocation.node;
    let until = calm::until(spec, record, ran, acts, |step| {
        !matches!(step, Step::Check(_))
    });
    let restless = |change| is_restless(spec, record, ran.ended(), change);
    let seen = match guests(record, ran, node, until) {
        Some((change, _)) if restless(change) => return None,
        Some((_, seen)) => seen,
        None if restless(Change::Definition) => return None,
        // Whether a monitor may define a domain is a clause of its own, which weighs less.
        None if ran.is_monitor() || is_reload(ran) => return None,
        None => definition(record, ran, node, until)?,
    };
    let breach = Breach {
        invariant: Invariant::LookingChangesNothing,
        clauses: &["OCF-ACT-07"],
        at: Some(ran.ended()),
        run: Some(ran.invocation.id),
        node: Some(node),
        expected: format!("{} to leave the guest and its definition alone", ran.name()),
        seen,
    };
    Some(breach.fail())
}

fn is_reload(ran: &Ran<'_>) -> bool {
    ran.verb().is_some_and(Verb::is_reload)
}

/// What has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// An emulator came up.
    Came,
    /// One is gone, or another one is there.
    Gone,
    /// The guest's definition.
    Definition,
}

/// Whether something before a moment may still have such an effect that the run is not to blame for: a fault, what the
/// guest was ordered to do, or an act of the agent that did not succeed. A guest that has ended comes up again by libvirt alone.
fn is_restless(spec: &CaseSpec, record: &Record<'_>, end: Moment, change: Change) -> bool {
    let stirs = |step: &Step| match step {
        // A container that reboots is another process afterwards.
        Step::Guest(GuestDo::Reboot) => true,
        Step::Guest(_) | Step::Fault(Fault::Emulator { .. } | Fault::Disk { .. }) => {
            change == Change::Gone
        }
        Step::Outside(Outside::PostCopy(_) | Outside::Migrate(_) | Outside::Abort(_)) => true,
        Step::Fault(Fault::Config { .. } | Fault::Tool { .. } | Fault::Folder(_)) => false,
        Step::Fault(_) => true,
        Step::Heal(FaultKind::Config | FaultKind::Tool | FaultKind::Folder) => false,
        Step::Heal(_) => true,
        _ => false,
    };
    let stirred = record
        .steps()
        .any(|(at, path)| at <= end && spec.step(path).is_some_and(stirs));
    let mut before = record.runs.iter().filter(|ran| ran.began <= end);
    let down = record.downs().any(|(at, _)| at <= end);
    stirred || down || before.any(|ran| acts(ran) && !ran.succeeded())
}

/// What shows that an emulator of the guest came or went on the run's node.
fn guests(
    record: &Record<'_>,
    ran: &Ran<'_>,
    node: &NodeName,
    until: Moment,
) -> Option<(Change, String)> {
    let before = record
        .emulators(node, Guest::Subject)
        .rfind(|look| look.at <= ran.began)?;
    let after = calm::stood_after(record, node, ran.ended(), until)?;
    let pids =
        |look: &EmulatorsSeen<'_>| -> Vec<i32> { look.found.iter().map(|one| one.pid).collect() };
    let late = |look: &EmulatorsSeen<'_>| look.at.0 > ran.ended().0.saturating_add(SLACK);
    match (pids(&before).as_slice(), pids(&after).as_slice()) {
        (before, after) if before == after => None,
        ([], [pid, ..]) => Some((
            Change::Came,
            format!("an emulator of the guest came up, process {pid}"),
        )),
        // A late look does not show when it ended; the guest's own writes do.
        ([_, ..], _) if late(&after) || !was_alive(record, ran, node) => None,
        ([pid, ..], []) => Some((
            Change::Gone,
            format!("the guest's emulator is gone, process {pid}"),
        )),
        _ => Some((
            Change::Gone,
            "the guest has another emulator than before".to_owned(),
        )),
    }
}

/// Whether the guest still wrote from the node when the run began.
fn was_alive(record: &Record<'_>, ran: &Ran<'_>, node: &NodeName) -> bool {
    let lately = Moment(ran.began.0.saturating_sub(SLACK));
    let mut writes = record.writes(Guest::Subject);
    writes.any(|write| write.node == node && write.at >= lately && write.at <= ran.ended())
}

/// What shows that libvirt of the run's node has another definition than before.
fn definition(
    record: &Record<'_>,
    ran: &Ran<'_>,
    node: &NodeName,
    until: Moment,
) -> Option<String> {
    let known = |seen: &DomainSeen| seen.state.is_some();
    let before = record
        .domains(node, Guest::Subject)
        .rfind(|seen| seen.at <= ran.began && known(seen))?;
    let after = record
        .domains(node, Guest::Subject)
        .rfind(|seen| seen.at >= ran.ended() && seen.at < until && known(seen))?;
    let flags = |seen: DomainSeen| (seen.persistent, seen.autostart);
    let is_there = |seen: &DomainSeen| seen.state != Some(DomainState::Absent);
    let teller = record.engine.teller();
    match (is_there(&before), is_there(&after)) {
        (false, true) => Some(format!("{teller}: it has a domain of the guest now")),
        (true, false) => Some(format!("{teller}: its domain is gone")),
        _ if flags(before) != flags(after) => {
            Some("libvirt: its definition or autostart is not what it was".to_owned())
        }
        _ => None,
    }
}
