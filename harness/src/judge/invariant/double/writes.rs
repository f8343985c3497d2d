//! What the guest's own writes to its disk prove.

use std::collections::{BTreeMap, BTreeSet};

use super::proof::Proof;
use crate::history::{Guest, Moment, NodeName};
use crate::judge::Doubled;
use crate::judge::invariant::stale;
use crate::judge::record::{Record, SLACK, WriteSeen};

/// How many writes two nodes must share at least to prove that a guest went on in two places.
///
/// One may be repeated lawfully, when a write that failed is migrated and done again. And a witness
/// that reads the counter a moment after the write may see the next one's at every hand-over.
const SHARED: usize = 2;

pub(super) fn proof(record: &Record<'_>) -> Option<Proof> {
    let writes: Vec<_> = record
        .writes(Guest::Subject)
        .filter(|write| write.at >= record.ready)
        .collect();
    two_incarnations(record, &writes)
        .or_else(|| forked(record, &writes))
        .or_else(|| went_back(record, &writes))
}

/// An incarnation that goes on writing after another one has begun to.
fn two_incarnations(record: &Record<'_>, writes: &[WriteSeen<'_>]) -> Option<Proof> {
    let mut first: BTreeMap<u64, WriteSeen<'_>> = BTreeMap::new();
    for write in writes {
        let began = first.entry(write.incarnation).or_insert(*write).at;
        let newer = first.values().find(|other| {
            other.incarnation != write.incarnation
                && other.at > began
                && write.at.0 >= other.at.0 + SLACK
                // That one came after the other is another breach.
                && !stale::came_back(record, write, other)
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
            let span = Doubled::new(newer.at, to, [write.node, newer.node]);
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
            let span = Doubled::new(since.unwrap_or(write.at), to.max(write.at), nodes.clone());
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
            span: Doubled::new(pair[0].at, pair[1].at, [pair[0].node, pair[1].node]),
        })
    })
}
