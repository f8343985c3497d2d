//! Invariant 10: no memory that is older than the disk goes on.
//!
//! A guest that was saved and resumed over a disk that another one, or it itself, has written to meanwhile damages it:
//! it still believes what it had read before.

use std::collections::BTreeMap;

use super::breach::Breach;
use crate::history::{Guest, Moment};
use crate::judge::record::{Record, SLACK, WriteSeen};
use crate::judge::{Finding, Invariant};

/// How far a guest's own counter must fall back to prove that its memory did: a write may be repeated when it failed.
const BACK: u64 = 2;

/// Judges that no incarnation writes again after a newer one has, nor begins again at an earlier write of its own.
///
/// Two that ran side by side are invariant 1's double run. Here the earlier process had ended.
pub(super) fn never(record: &Record<'_>) -> Option<Finding> {
    let (write, seen) = proof(record)?;
    let breach = Breach {
        invariant: Invariant::NoStaleMemory,
        clauses: &["DBL-19"],
        at: Some(write.at),
        run: record.last_act(write.at, Some(write.node)),
        node: Some(write.node),
        expected: "no guest to go on with memory that is older than its disk".to_owned(),
        seen,
    };
    Some(breach.fail())
}

/// Whether the write is by a guest that came back after a newer one, in another process, and the newer one had ended.
pub(super) fn came_back(record: &Record<'_>, write: &WriteSeen<'_>, newer: &WriteSeen<'_>) -> bool {
    let before = |of: u64, moment: Moment| {
        record
            .writes(Guest::Subject)
            .rfind(|one| one.incarnation == of && one.at < moment)
    };
    let (older, newest) = (
        before(write.incarnation, newer.at),
        before(newer.incarnation, write.at),
    );
    let both = older.zip(newest);
    both.is_some_and(|(older, newest)| {
        has_ended(record, &older, write.at) && has_ended(record, &newest, write.at)
    })
}

fn proof<'a>(record: &Record<'a>) -> Option<(WriteSeen<'a>, String)> {
    let mut first: BTreeMap<u64, WriteSeen<'a>> = BTreeMap::new();
    let mut furthest: BTreeMap<u64, WriteSeen<'a>> = BTreeMap::new();
    for write in record.writes(Guest::Subject) {
        let began = first.entry(write.incarnation).or_insert(write).at;
        if write.at >= record.ready {
            let newer = first
                .values()
                .find(|other| other.at > began && write.at.0 >= other.at.0 + SLACK);
            if let Some(newer) = newer.filter(|newer| came_back(record, &write, newer)) {
                return Some((write, after_another(&write, newer)));
            }
            let known = furthest.get(&write.incarnation);
            let back = known.filter(|known| known.counter >= write.counter + BACK);
            if let Some(known) = back.filter(|known| has_ended(record, known, write.at)) {
                return Some((write, after_itself(&write, known)));
            }
        }
        let known = furthest.entry(write.incarnation).or_insert(write);
        if write.counter > known.counter {
            *known = write;
        }
    }
    None
}

fn after_another(write: &WriteSeen<'_>, newer: &WriteSeen<'_>) -> String {
    format!(
        "the disk: the guest that wrote from {} at {} is older than the one that had begun to write from {} at {}, and \
         had ended before",
        write.node, write.at, newer.node, newer.at
    )
}

fn after_itself(write: &WriteSeen<'_>, known: &WriteSeen<'_>) -> String {
    format!(
        "the disk: the guest makes its write number {} from {} at {}, though it had made number {} from {} at {} before \
         it ended",
        write.counter, write.node, write.at, known.counter, known.node, known.at
    )
}

/// Whether the process that made a write was gone at some look until a moment.
fn has_ended(record: &Record<'_>, write: &WriteSeen<'_>, by: Moment) -> bool {
    let looks: Vec<_> = record.emulators(write.node, Guest::Subject).collect();
    let Some(then) = looks.iter().rfind(|look| look.at <= write.at) else {
        return false;
    };
    let same = |pid: i32| then.found.iter().any(|one| one.pid == pid);
    !then.found.is_empty()
        && looks
            .iter()
            .filter(|look| look.at > write.at && look.at <= by)
            .any(|look| !look.found.iter().any(|one| same(one.pid)))
}
