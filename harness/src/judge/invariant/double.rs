//! Invariant 1: never two running instances.
//!
//! The guest's own writes are the proof: they need no clock and no trust in libvirt. Samples of
//! libvirt and of the process table are not taken at the same instant on two nodes, so they prove
//! something only where they interleave.

use std::collections::{BTreeMap, BTreeSet};

use super::Breach;
use crate::case::{CaseSpec, Level, Step};
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::Finding;
use crate::judge::record::{Record, SLACK, WriteSeen};

/// How many writes two nodes must share at least to prove that a guest went on in two places.
///
/// One may be repeated lawfully, when a write that failed is migrated and done again. And a witness
/// that reads the counter a moment after the write may see the next one's at every hand-over.
const SHARED: usize = 2;
/// How long two emulators on one node must be there together: one may be dying.
const TOGETHER: u64 = 1000;

/// When, and where, two instances of the guest ran at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubled {
    /// When the second one is first known to run beside the other.
    pub from: Moment,
    /// The last moment at which both are known to run.
    pub to: Moment,
    /// The nodes that they ran on: two, or one with both.
    pub nodes: BTreeSet<NodeName>,
}

/// Judges that no two instances ran at once; one finding is enough, the best proven.
///
/// Silent where the case itself orders it: see [`is_ordered`].
pub(super) fn never(spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
    let proof = proof(record).filter(|_| !is_ordered(spec))?;
    let breach = Breach {
        number: 1,
        clauses: &["DBL-01", "MIG-ATOMIC-01"],
        at: Some(proof.at),
        node: None,
        expected: "never two running instances of the guest".to_owned(),
        seen: proof.seen,
    };
    Some(breach.fail())
}

/// Whether a case that only reports starts the guest on two nodes at once, where no disk has a lock: what an
/// agent does then is its policy (DBL-12), for no resource agent can see what another node begins just now.
fn is_ordered(spec: &CaseSpec) -> bool {
    let starts_on_two = |step: &Step| match step {
        Step::Together(steps) => {
            let starts = steps.iter().filter_map(|step| match step {
                Step::Run(run) if run.action.as_deref() == Some("start") => Some(&run.node),
                _ => None,
            });
            starts.collect::<BTreeSet<_>>().len() > 1
        }
        _ => false,
    };
    spec.level == Level::May && spec.needs.lock.is_none() && spec.when.iter().any(starts_on_two)
}

/// The span of what [`never`] found.
pub(in crate::judge) fn span(record: &Record<'_>) -> Option<Doubled> {
    proof(record).map(|proof| proof.span)
}

fn proof(record: &Record<'_>) -> Option<Proof> {
    let writes: Vec<_> = record
        .writes(Guest::Subject)
        .filter(|write| write.at >= record.ready)
        .collect();
    two_incarnations(&writes)
        .or_else(|| forked(record, &writes))
        .or_else(|| went_back(record, &writes))
        .or_else(|| running_by_turns(record))
        .or_else(|| two_on_one_node(record))
}

struct Proof {
    at: Moment,
    seen: String,
    span: Doubled,
}

/// The span between two moments on these nodes.
fn doubled<'a>(from: Moment, to: Moment, nodes: impl IntoIterator<Item = &'a NodeName>) -> Doubled {
    Doubled {
        from,
        to: to.max(from),
        nodes: nodes.into_iter().cloned().collect(),
    }
}

/// An incarnation that goes on writing after another one has begun to.
fn two_incarnations(writes: &[WriteSeen<'_>]) -> Option<Proof> {
    let mut first: BTreeMap<u64, WriteSeen<'_>> = BTreeMap::new();
    for write in writes {
        let began = first.entry(write.incarnation).or_insert(*write).at;
        let newer = first.values().find(|other| {
            other.incarnation != write.incarnation
                && other.at > began
                && write.at.0 >= other.at.0 + SLACK
        });
        if let Some(newer) = newer {
            let seen = format!(
                "the disk: one instance wrote from {} at {}, though another had been writing from \
                 {} since {}",
                write.node, write.at, newer.node, newer.at
            );
            // Both are known to run until one of them writes no more.
            let last = |incarnation: u64| {
                let mut of = writes.iter().rev();
                of.find(|one| one.incarnation == incarnation)
                    .map_or(write.at, |one| one.at)
            };
            let to = last(write.incarnation)
                .min(last(newer.incarnation))
                .max(write.at);
            let span = doubled(newer.at, to, [write.node, newer.node]);
            let at = write.at;
            return Some(Proof { at, seen, span });
        }
    }
    None
}

/// The same incarnation making the same writes from two nodes: its memory went on in both.
fn forked(record: &Record<'_>, writes: &[WriteSeen<'_>]) -> Option<Proof> {
    let hand_overs = record.runs.iter().filter(|ran| ran.is_migration()).count();
    let enough = SHARED.max(hand_overs + 1);
    let mut places: BTreeMap<(u64, u64), BTreeSet<&NodeName>> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    let mut since = None;
    for write in writes {
        let key = (write.incarnation, write.counter);
        let nodes = places.entry(key).or_default();
        nodes.insert(write.node);
        let again = nodes.len() > 1 && shared.insert(key);
        since = since.or(again.then_some(write.at));
        if again && shared.len() >= enough {
            let seen = format!(
                "the disk: the same guest made its write number {} from {} and again from {}",
                write.counter,
                nodes.first()?,
                nodes.last()?
            );
            let to = until_one_falls_silent(writes, write.incarnation, nodes);
            let span = doubled(since.unwrap_or(write.at), to.max(write.at), nodes.clone());
            let at = write.at;
            return Some(Proof { at, seen, span });
        }
    }
    None
}

/// The last moment by which an incarnation had written from every one of these nodes.
fn until_one_falls_silent(
    writes: &[WriteSeen<'_>],
    incarnation: u64,
    nodes: &BTreeSet<&NodeName>,
) -> Moment {
    let last = |node: &NodeName| {
        let mut of = writes.iter().rev();
        of.find(|write| write.incarnation == incarnation && write.node == node)
            .map_or(Moment(0), |write| write.at)
    };
    let each = nodes.iter().map(|node| last(node));
    each.min().unwrap_or(Moment(0))
}

/// An incarnation that wrote from one node, then another, then the first again, with no migration
/// back: its own counter gives the order, so no delay of a witness can feign it.
fn went_back(record: &Record<'_>, writes: &[WriteSeen<'_>]) -> Option<Proof> {
    let mut ordered = writes.to_vec();
    ordered.sort_by_key(|write| (write.incarnation, write.counter));
    let mut moves = ordered
        .windows(2)
        .filter(|pair| pair[0].incarnation == pair[1].incarnation && pair[0].node != pair[1].node);
    let mut left: BTreeSet<(u64, &NodeName)> = BTreeSet::new();
    moves.find_map(|pair| {
        left.insert((pair[0].incarnation, pair[0].node));
        let returns = left.contains(&(pair[1].incarnation, pair[1].node));
        let lawful = record.runs.iter().any(|ran| {
            ran.is_migration() && ran.invocation.node == *pair[0].node && ran.began <= pair[1].at
        });
        let seen = || {
            format!(
                "the disk: the guest wrote from {} at {} and again from {} at {}, and nobody had \
                 migrated it back",
                pair[0].node, pair[0].at, pair[1].node, pair[1].at
            )
        };
        (returns && !lawful).then(|| Proof {
            at: pair[1].at,
            seen: seen(),
            span: doubled(pair[0].at, pair[1].at, [pair[0].node, pair[1].node]),
        })
    })
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
        "libvirt: running on {} at {} and at {}, on {} at {} and at {}, the same two processes",
        proof[0].node, proof[0].at, proof[2].at, proof[1].node, proof[1].at, proof[3].at
    );
    let (one, other) = (around(record, proof[0]), around(record, proof[1]));
    let nodes = [proof[0].node, proof[1].node];
    let from = one.0.max(other.0).max(record.ready).min(proof[1].at);
    let span = doubled(from, one.1.min(other.1).max(proof[2].at), nodes);
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
                span: doubled(look.at, end, [node]),
            })
        })
    })
}
