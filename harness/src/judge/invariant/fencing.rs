//! What a fence agent says of a guest is true of all nodes, for nobody asks it where the guest is.

use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, Outside, Step};
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::record::{DomainSeen, Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::{FenceAction, FenceCode, Verb};

/// Invariant 14: `off` and `reboot` that returned success left no instance from before them that could write, on any node,
/// and `status` said whether there was one.
pub(super) fn is_true(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let runs = record.runs.iter();
    runs.filter_map(|ran| match (action(ran)?, ran.fence_code()?) {
        (FenceAction::Off | FenceAction::Reboot, FenceCode::Success) => left(spec, record, ran),
        (FenceAction::Status, FenceCode::Off) => denied(record, ran),
        (FenceAction::Status, FenceCode::Success) => invented(record, ran),
        _ => None,
    })
    .collect()
}

fn action(ran: &Ran<'_>) -> Option<FenceAction> {
    match ran.verb() {
        Some(Verb::Fence(action)) => Some(*action),
        _ => None,
    }
}

/// What is left of the guest after it was ended.
fn left(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    if !is_about_subject(ran) {
        return None;
    }
    let (at, node, seen) = wrote(spec, record, ran).or_else(|| lives(spec, record, ran))?;
    let expected = format!(
        "{}, which returned success, to leave nothing of the guest that can write, on any node",
        ran.name()
    );
    Some(breach(ran, &["FEN-01"], expected, seen).with(at, node))
}

/// A write that comes after the end: of any incarnation, or after a reboot of one from before it.
fn wrote(
    spec: &CaseSpec,
    record: &Record<'_>,
    ran: &Ran<'_>,
) -> Option<(Moment, NodeName, String)> {
    let until = calm::until(spec, record, ran, starts, begins);
    let late = Moment(ran.ended().0.saturating_add(SLACK));
    let older = |incarnation: u64| {
        let mut writes = record.writes(Guest::Subject);
        !starts(ran)
            || writes.any(|write| write.incarnation == incarnation && write.at <= ran.began)
    };
    let mut writes = record.writes(Guest::Subject);
    let write =
        writes.find(|write| write.at > late && write.at < until && older(write.incarnation))?;
    let after = write.at.0.saturating_sub(ran.ended().0);
    let seen = format!("it still writes from {} {after} ms after that", write.node);
    Some((write.at, write.node.clone(), seen))
}

/// An emulator that is there after the end, or after a reboot one from before it, unless its guest has crashed.
fn lives(
    spec: &CaseSpec,
    record: &Record<'_>,
    ran: &Ran<'_>,
) -> Option<(Moment, NodeName, String)> {
    let until = calm::until(spec, record, ran, starts, begins);
    record.nodes().into_iter().find_map(|node| {
        let before = record.emulators(node, Guest::Subject);
        let before = before.rev().find(|look| look.at <= ran.began)?;
        let old = |pid: i32| !starts(ran) || before.found.iter().any(|one| one.pid == pid);
        let after = calm::stood_after(record, node, ran.ended(), until)?;
        let pid = { after.found.iter() }
            .map(|one| one.pid)
            .find(|pid| old(*pid))?;
        if crashed(record, node, after.at) {
            return None;
        }
        let seen = format!("the process table of {node} still has its emulator, process {pid}");
        Some((ran.ended(), node.clone(), seen))
    })
}

/// Whether libvirt says of the domain on that node that its guest has crashed: that one never runs again.
fn crashed(record: &Record<'_>, node: &NodeName, by: Moment) -> bool {
    let latest = Moment(by.0.saturating_add(SLACK));
    let last = { record.domains(node, Guest::Subject) }
        .rfind(|seen| seen.at <= latest && seen.state.is_some());
    last.is_some_and(|seen| seen.state == Some(DomainState::Crashed))
}

/// `status` that said off while an emulator was there all the time.
fn denied(record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    if !is_about_subject(ran) {
        return None;
    }
    let (node, pid) = record
        .nodes()
        .into_iter()
        .find_map(|node| Some((node, throughout(record, node, ran)?)))?;
    if crashed(record, node, ran.ended()) {
        return None;
    }
    let expected = format!("{} to tell the truth", ran.name());
    let seen = format!(
        "it said that the guest is off; the process table of {node} has its emulator, process {pid}, from before its \
         beginning to after its end"
    );
    Some(breach(ran, &["FEN-03"], expected, seen).with(ran.ended(), node.clone()))
}

/// The emulator that every look at a node from before the run to after it shows.
fn throughout(record: &Record<'_>, node: &NodeName, ran: &Ran<'_>) -> Option<i32> {
    let looks: Vec<_> = record.emulators(node, Guest::Subject).collect();
    let first = looks.iter().rposition(|look| look.at <= ran.began)?;
    let after = calm::stood_after(record, node, ran.ended(), Moment(u64::MAX))?;
    let during = looks.iter().skip(first);
    let during: Vec<_> = during.take_while(|look| look.at <= after.at).collect();
    let there = |pid: i32| {
        let has = |found: &[&crate::history::Emulator]| found.iter().any(|one| one.pid == pid);
        during.iter().all(|look| has(&look.found)) && has(&after.found)
    };
    let mut pids = looks[first].found.iter().map(|one| one.pid);
    pids.find(|pid| there(*pid))
}

/// `status` that said on while no node had an emulator or an active domain at any time.
fn invented(record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let nodes = record.nodes();
    if !is_about_subject(ran) || nodes.is_empty() {
        return None;
    }
    if !nodes.iter().all(|node| is_empty(record, node, ran)) {
        return None;
    }
    let expected = format!("{} to tell the truth", ran.name());
    let seen = "it said that the guest is on; no node's process table has an emulator of it".into();
    let node = ran.invocation.node.clone();
    Some(breach(ran, &["FEN-03"], expected, seen).with(ran.ended(), node))
}

/// Whether a node had no emulator of the guest around the run, and was looked at.
fn is_empty(record: &Record<'_>, node: &NodeName, ran: &Ran<'_>) -> bool {
    let from = Moment(ran.began.0.saturating_sub(SLACK));
    let to = Moment(ran.ended().0.saturating_add(SLACK));
    let looks: Vec<_> = record.emulators(node, Guest::Subject).collect();
    if looks.first().is_none_or(|look| look.at > ran.began) {
        return false;
    }
    let first = looks.iter().rposition(|look| look.at <= from).unwrap_or(0);
    let during = looks.iter().skip(first).take_while(|look| look.at <= to);
    let active = |seen: &DomainSeen| seen.state.is_some_and(DomainState::is_active);
    let mut answers = record.domains(node, Guest::Subject);
    let mut during = during;
    during.all(|look| look.found.is_empty())
        && !answers.any(|seen| seen.at >= from && seen.at <= to && active(&seen))
}

/// Whether the run names the subject: a case may tell it another guest, or none.
fn is_about_subject(ran: &Ran<'_>) -> bool {
    let last = |name: &str| {
        let args = ran.invocation.args.iter().rev();
        args.filter_map(|line| line.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    last("port").is_some() && last("port") == last("nodename")
}

/// Whether a later run may start the guest.
fn starts(ran: &Ran<'_>) -> bool {
    matches!(action(ran), Some(FenceAction::On | FenceAction::Reboot))
}

/// Whether a later step may start it.
fn begins(step: &Step) -> bool {
    matches!(
        step,
        Step::Outside(Outside::Create(_) | Outside::Resume(_) | Outside::Define(_))
    )
}

fn breach<'a>(
    ran: &'a Ran<'_>,
    clauses: &'a [&'a str],
    expected: String,
    seen: String,
) -> Told<'a> {
    Told(Breach {
        invariant: Invariant::FencingIsTrue,
        clauses,
        at: None,
        node: None,
        run: Some(ran.invocation.id),
        expected,
        seen,
    })
}

/// A breach whose place is not told yet.
struct Told<'a>(Breach<'a>);

impl Told<'_> {
    fn with(self, at: Moment, node: NodeName) -> Finding {
        let finding = self.0.fail();
        Finding {
            at: Some(at),
            node: Some(node),
            ..finding
        }
    }
}
