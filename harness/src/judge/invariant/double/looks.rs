//! What samples of libvirt and of the process table prove, where they interleave.

use super::proof::Proof;
use crate::engine::Engine;
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::Doubled;
use crate::judge::record::Record;

/// How long two emulators on one node must be there together: one may be dying.
const TOGETHER: u64 = 1000;

pub(super) fn proof(record: &Record<'_>) -> Option<Proof> {
    // Under Xen a guest that is on the way stands still, and another of its name beside it is no second one that runs.
    let one_may_stand_still = record.engine == Engine::Xl;
    running_by_turns(record).or_else(|| two_on_one_node(record).filter(|_| !one_may_stand_still))
}

/// Running here, there, here and there again, with the same two emulators all the time.
fn running_by_turns(record: &Record<'_>) -> Option<Proof> {
    let nodes: Vec<_> = record.nodes().into_iter().collect();
    let mut looks: Vec<_> = nodes
        .iter()
        .flat_map(|node| running_looks(record, node))
        .collect();
    looks.sort_by_key(|look| look.at);
    let mut turns: Vec<&RunningLook<'_>> = Vec::new();
    for look in &looks {
        if turns
            .last()
            .is_some_and(|last| last.node == look.node && last.pid == look.pid)
        {
            continue;
        }
        turns.push(look);
    }
    let proof = turns.windows(4).find(|turn| {
        let same = |a: usize, b: usize| turn[a].node == turn[b].node && turn[a].pid == turn[b].pid;
        turn[0].node != turn[1].node && same(0, 2) && same(1, 3)
    })?;
    let seen = format!(
        "{}: running on {} at {} and at {}, on {} at {} and at {}, the same two processes",
        record.engine.teller(),
        proof[0].node,
        proof[0].at,
        proof[2].at,
        proof[1].node,
        proof[1].at,
        proof[3].at
    );
    let (one, other) = (around(record, proof[0]), around(record, proof[1]));
    let nodes = [proof[0].node, proof[1].node];
    let from = one.0.max(other.0).max(record.ready).min(proof[1].at);
    let span = Doubled::new(from, one.1.min(other.1).max(proof[2].at), nodes);
    let at = proof[3].at;
    Some(Proof { at, seen, span })
}

struct RunningLook<'a> {
    at: Moment,
    node: &'a NodeName,
    pid: i32,
}

/// From when to when around a look nothing that was seen speaks against it: libvirt says running, and the
/// process is there.
fn around(record: &Record<'_>, look: &RunningLook<'_>) -> (Moment, Moment) {
    let domains = record.domains(look.node, Guest::Subject);
    let states = domains.map(|seen| (seen.at, seen.state == Some(DomainState::Running)));
    let looks = record.emulators(look.node, Guest::Subject);
    let there = looks.map(|seen| {
        (
            seen.at,
            seen.found
                .iter()
                .any(|one| one.pid == look.pid && !one.frozen),
        )
    });
    let (one, other) = (
        unbroken(states, look.at, record.last()),
        unbroken(there, look.at, record.last()),
    );
    (one.0.max(other.0), one.1.min(other.1))
}

/// The longest span around a moment in which every sighting says yes; it ends with the record at the latest.
fn unbroken(
    seen: impl Iterator<Item = (Moment, bool)>,
    at: Moment,
    end: Moment,
) -> (Moment, Moment) {
    let mut span = (None, end);
    for (when, yes) in seen {
        match yes {
            true if when <= at => span.0 = span.0.or(Some(when)),
            false if when <= at => span.0 = None,
            false => {
                span.1 = when;
                break;
            }
            true => {}
        }
    }
    (span.0.unwrap_or(at), span.1)
}

fn running_looks<'a>(record: &Record<'_>, node: &'a NodeName) -> Vec<RunningLook<'a>> {
    let looks: Vec<_> = record.emulators(node, Guest::Subject).collect();
    let running = record
        .domains(node, Guest::Subject)
        .filter(|seen| seen.at >= record.ready && seen.state == Some(DomainState::Running));
    let with_process = running.filter_map(|seen| {
        let look = looks.iter().rfind(|look| look.at <= seen.at)?;
        let [one] = look.found.as_slice() else {
            return None;
        };
        (!one.frozen).then_some(RunningLook {
            at: seen.at,
            node,
            pid: one.pid,
        })
    });
    with_process.collect()
}

/// Two emulators in one look at one node, both free to run, for longer than one takes to die.
fn two_on_one_node(record: &Record<'_>) -> Option<Proof> {
    record.nodes().into_iter().find_map(|node| {
        let looks: Vec<_> = record.emulators(node, Guest::Subject).collect();
        looks.iter().enumerate().find_map(|(index, look)| {
            let free = look.found.iter().filter(|one| !one.frozen).count();
            let next = looks[index + 1..].iter().find(|next| next.found.len() < 2);
            let end = next.map_or_else(|| record.last(), |next| next.at);
            let long = end.0.saturating_sub(look.at.0) >= TOGETHER;
            let proven = look.at >= record.ready && free > 1 && long;
            proven.then(|| Proof {
                at: look.at,
                seen: format!("the process table of {node}: {free} emulators of the guest at once"),
                span: Doubled::new(look.at, end, [node]),
            })
        })
    })
}
