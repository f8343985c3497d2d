use super::examined::{Examined, Held, worst};
use super::running;
use crate::case::GuestCheck;
use crate::history::{Guest, Moment, What};
use crate::judge::record::{Ran, Record, WriteSeen};

/// How long a running guest may be silent before that means something: it writes some times a second.
const SILENCE: u64 = 3000;

/// Examines `guest`.
pub(super) fn examine(guest: GuestCheck, record: &Record<'_>) -> Examined {
    let same = guest.same.map(|wanted| same(wanted, record));
    let ended = guest
        .ended_cleanly
        .map(|wanted| ended_cleanly(wanted, record));
    worst(
        same.into_iter().chain(ended).collect(),
        "something about the guest",
    )
}

fn same(wanted: bool, record: &Record<'_>) -> Examined {
    let expected = if wanted {
        "the same guest to go on"
    } else {
        "another guest than before"
    };
    let Some(before) = incarnation_before(record) else {
        return Examined::unseen(expected, "the guest did not write before the steps began");
    };
    let since = last_change(record);
    match record
        .writes(Guest::Subject)
        .rfind(|write| write.at >= record.ready)
    {
        // A write of another guest is proof, whenever it was; the same guest must still be there.
        Some(write) if write.incarnation != before || goes_on(write, since, record) => {
            let held = (write.incarnation == before) == wanted;
            Examined::new(held, expected, disk_words(write, before))
                .on(write.node)
                .at(write.at)
        }
        _ => silent(expected, since, record),
    }
}

/// Whether the guest that made this write is there still: it wrote after the last change, or the
/// very process that made the write runs on.
fn goes_on(write: WriteSeen<'_>, since: Moment, record: &Record<'_>) -> bool {
    let runs = || running::count(record, write.node).least > 0;
    let same_process = || running::changed_last(record, write.node) <= write.at;
    write.at >= since || (same_process() && runs())
}

fn disk_words(write: WriteSeen<'_>, before: u64) -> String {
    let which = if write.incarnation == before {
        "the same guest"
    } else {
        "a guest booted anew"
    };
    format!("{which} writes to the disk from {}", write.node)
}

/// No write since the last action ended: the guest is gone, or the case ended too soon to decide.
fn silent(expected: &str, since: Moment, record: &Record<'_>) -> Examined {
    let most: u32 = record
        .nodes()
        .into_iter()
        .map(|node| running::count(record, node).most)
        .sum();
    let long = record.last().0.saturating_sub(since.0) > SILENCE;
    let held = if most == 0 || long {
        Held::No
    } else {
        Held::Unseen
    };
    Examined::new(
        held,
        expected,
        "nobody has written to the disk since the last action or fault",
    )
    .at(record.last())
}

/// When something last happened that may have ended the guest: an action on it ended, a fault, a signal to the agent, or a
/// node went down.
fn last_change(record: &Record<'_>) -> Moment {
    let acts = |ran: &&Ran<'_>| ran.is_act();
    let ends = record
        .runs
        .iter()
        .filter(acts)
        .filter_map(|ran| ran.end)
        .map(|(at, _)| at);
    let faults = record
        .entries
        .iter()
        .filter(|entry| matches!(entry.what, What::Fault { .. } | What::Signal { .. }));
    let downs = record.downs().map(|(at, _)| at);
    ends.chain(faults.map(|entry| entry.at))
        .chain(downs)
        .max()
        .unwrap_or(record.ready)
}

/// The incarnation that wrote last before the first step, or first at all.
fn incarnation_before(record: &Record<'_>) -> Option<u64> {
    let first = record
        .runs
        .iter()
        .map(|ran| ran.began)
        .min()
        .unwrap_or(Moment(u64::MAX));
    let begun = record.steps().next().map_or(first, |(at, _)| at.min(first));
    let before = record
        .writes(Guest::Subject)
        .rfind(|write| write.at <= begun);
    let write = before.or_else(|| record.writes(Guest::Subject).next())?;
    Some(write.incarnation)
}

fn ended_cleanly(wanted: bool, record: &Record<'_>) -> Examined {
    let expected = if wanted {
        "the guest to end by itself"
    } else {
        "the guest to be cut off"
    };
    // Not only from `ready` on: a guest that is cut off at once has no time for another write.
    let Some(last) = record.writes(Guest::Subject).next_back() else {
        return Examined::unseen(expected, "the guest did not write");
    };
    let counts = record.nodes().into_iter();
    let counts: Vec<_> = counts.map(|node| running::count(record, node)).collect();
    if counts.iter().any(|count| count.most > 0) && !last.clean {
        let held = match counts.iter().any(|count| count.least > 0) {
            true => Held::No,
            false => Held::Unseen,
        };
        return Examined::new(held, expected, "the guest has not ended");
    }
    let how = if last.clean {
        "the disk: the guest's last record says that it ended by itself"
    } else {
        "the disk: the guest's last record does not say that it was ending"
    };
    Examined::new(last.clean == wanted, expected, how)
        .on(last.node)
        .at(last.at)
        .by(ended_by(last, record))
}

/// The run in which the emulator of the guest that made its last write ended.
fn ended_by(last: WriteSeen<'_>, record: &Record<'_>) -> Option<u32> {
    let mut looks = record.emulators(last.node, Guest::Subject);
    let gone = looks.find(|look| look.at >= last.at && look.found.is_empty());
    let by = gone.map_or_else(|| record.last(), |look| look.at);
    record.last_act(by, Some(last.node))
}
