use std::collections::BTreeMap;

use super::breach::Breach;
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::condition::state_word;
use crate::judge::record::Record;
use crate::judge::{Finding, Invariant};

/// Invariant 6: guests that are not the agent's live on: on every node the bystander, whose name
/// begins with the subject's, and the stranger that a case put there. A node that loses its power or is fenced
/// takes them along.
pub(super) fn lives(record: &Record<'_>) -> Vec<Finding> {
    let guests = [Guest::Bystander, Guest::Stranger];
    guests
        .into_iter()
        .flat_map(|guest| harms(record, guest))
        .collect()
}

fn harms(record: &Record<'_>, guest: Guest) -> Vec<Finding> {
    let nodes = record
        .nodes()
        .into_iter()
        .filter(|node| !record.went_down(node));
    let harmed = nodes.filter_map(|node| {
        let found = ended(record, guest, node).or_else(|| changed(record, guest, node));
        found.map(|(at, seen)| (node, at, seen))
    });
    let mut found: Vec<_> = harmed.collect();
    found.extend(booted_anew(record, guest));
    found
        .into_iter()
        .map(|(node, at, seen)| Finding {
            run: record.last_run(at, Some(node)),
            ..breach(guest, node, at, seen)
        })
        .collect()
}

fn breach(guest: Guest, node: &NodeName, at: Moment, seen: String) -> Finding {
    let (clauses, whose): (&[&str], _) = match guest {
        Guest::Stranger => (&["DBL-05"], "the stranger of the same name"),
        Guest::Subject | Guest::Bystander => (&["OCF-CONC-01"], "the bystander guest"),
    };
    Breach {
        invariant: Invariant::OthersLive,
        clauses,
        at: Some(at),
        node: Some(node),
        run: None,
        expected: format!("{whose} not to be touched"),
        seen,
    }
    .fail()
}

/// Its process was there and is gone.
fn ended(record: &Record<'_>, guest: Guest, node: &NodeName) -> Option<(Moment, String)> {
    let mut pid = None;
    for look in record.emulators(node, guest) {
        let now = look.found.first().map(|one| one.pid);
        if look.at >= record.ready && pid.is_some() && now != pid {
            return Some((look.at, "the process table lost its emulator".to_owned()));
        }
        pid = now.or(pid);
    }
    None
}

/// libvirt said that it runs, and now says something else.
fn changed(record: &Record<'_>, guest: Guest, node: &NodeName) -> Option<(Moment, String)> {
    let runs = |state| matches!(state, DomainState::Running | DomainState::Blocked);
    let mut answers = record
        .domains(node, guest)
        .filter_map(|seen| Some((seen.at, seen.state?)))
        .skip_while(|(at, state)| *at < record.ready || !runs(*state));
    let (at, state) = answers.find(|(_, state)| !runs(*state))?;
    // A daemon that has just come back, or has forgotten a guest, knows less than the process table.
    let alive = record.emulators(node, guest).rfind(|look| look.at <= at);
    let forgotten = !state.is_active() && alive.is_some_and(|look| !look.found.is_empty());
    (!forgotten).then(|| (at, format!("libvirt: it is {}", state_word(state))))
}

/// Another incarnation than before writes to its disk.
fn booted_anew<'a>(record: &Record<'a>, guest: Guest) -> Vec<(&'a NodeName, Moment, String)> {
    let mut known: BTreeMap<&NodeName, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for write in record.writes(guest) {
        if record.went_down(write.node) {
            continue;
        }
        let before = known.insert(write.node, write.incarnation);
        if write.at >= record.ready && before.is_some_and(|before| before != write.incarnation) {
            found.push((
                write.node,
                write.at,
                "the disk: it was booted anew".to_owned(),
            ));
        }
    }
    found
}
