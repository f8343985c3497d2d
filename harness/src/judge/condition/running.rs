use super::examined::{Examined, Held, bounds_text, within};
use crate::case::Quantity;
use crate::engine::Engine;
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::record::{DomainSeen, Record, SLACK};

/// How many instances run, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::judge) struct Count {
    pub(in crate::judge) least: u32,
    pub(in crate::judge) most: u32,
}

/// Examines `running`.
pub(super) fn examine(quantity: Quantity, record: &Record<'_>) -> Examined {
    let expected = format!("{} running", bounds_text(quantity));
    let counts: Vec<_> = record
        .nodes()
        .into_iter()
        .map(|node| (node, count(record, node)))
        .collect();
    let least = counts.iter().map(|(_, count)| count.least).sum();
    let most = counts.iter().map(|(_, count)| count.most).sum();
    let fitting = (least..=most)
        .filter(|count| within(quantity, *count))
        .count();
    let held = match fitting {
        _ if counts.is_empty() => Held::Unseen,
        0 => Held::No,
        all if all == (most - least + 1) as usize => Held::Yes,
        _ => Held::Unseen,
    };
    let seen: Vec<_> = counts
        .iter()
        .map(|(node, count)| in_place(node, *count))
        .collect();
    let asked = record.engine.asks_libvirt() || record.tells_states();
    let by = match asked {
        true => format!("the process table and {}", record.engine.teller()),
        false => "the process table".to_owned(),
    };
    Examined::new(held, expected, format!("by {by}: {}", seen.join(", "))).at(record.last())
}

fn in_place(node: &NodeName, count: Count) -> String {
    if count.least == count.most {
        format!("{} on {node}", count.least)
    } else {
        format!("{} to {} on {node}", count.least, count.most)
    }
}

/// How many instances of the subject run on a node by the last look.
///
/// What counts is a guest whose CPUs run: an emulator whose domain is paused, as the target of a
/// migration is, does not. A frozen emulator does count, since it goes on when it is let go. An
/// emulator that libvirt does not know runs, as nobody could have paused it.
pub(in crate::judge) fn count(record: &Record<'_>, node: &NodeName) -> Count {
    let last = record.emulators(node, Guest::Subject).next_back();
    if is_down(record, node, last.as_ref().map(|look| look.at)) {
        return Count { least: 0, most: 0 };
    }
    let Some(look) = last else {
        return by_domain(record, node);
    };
    let found = u32::try_from(look.found.len()).unwrap_or(u32::MAX);
    if found == 0 {
        return Count { least: 0, most: 0 };
    }
    let since = changed_last(record, node);
    // libvirt may report an active domain just before its process is seen; an absent one may be stale.
    let fresh = |seen: &DomainSeen| match seen.state {
        Some(state) if state.is_active() => seen.at.0 + SLACK >= since.0,
        Some(_) => seen.at >= since,
        None => false,
    };
    let state = record.domains(node, Guest::Subject).rfind(fresh);
    // Under Xen another of the guest's name may run beside it while it stands still on its way.
    let is_beside = record.engine == Engine::Xl && found > 1;
    match state.and_then(|seen| seen.state) {
        Some(state) if is_stopped(state) || is_beside => Count {
            least: found - 1,
            most: found - 1,
        },
        Some(_) => Count {
            least: found,
            most: found,
        },
        None if wrote(record, node, since) => Count {
            least: found,
            most: found,
        },
        None => Count {
            least: found - 1,
            most: found,
        },
    }
}

/// Whether a node went down after it was last looked at.
fn is_down(record: &Record<'_>, node: &NodeName, looked: Option<Moment>) -> bool {
    let mut downs = record.downs_proved().filter(|(_, down)| *down == node);
    downs.any(|(at, _)| looked.is_none_or(|looked| looked <= at))
}

/// When the set of the subject's emulators on the node last became what it is.
pub(super) fn changed_last(record: &Record<'_>, node: &NodeName) -> Moment {
    let pids = |found: &[&crate::history::Emulator]| -> Vec<i32> {
        found.iter().map(|one| one.pid).collect()
    };
    let mut looks = record.emulators(node, Guest::Subject).rev().peekable();
    let mut since = Moment(0);
    while let Some(look) = looks.next() {
        since = look.at;
        if looks
            .peek()
            .is_some_and(|before| pids(&before.found) != pids(&look.found))
        {
            break;
        }
    }
    since
}

fn wrote(record: &Record<'_>, node: &NodeName, since: Moment) -> bool {
    record
        .writes(Guest::Subject)
        .any(|write| write.node == node && write.at >= since)
}

fn by_domain(record: &Record<'_>, node: &NodeName) -> Count {
    let answer = record
        .domains(node, Guest::Subject)
        .filter_map(|seen| seen.state)
        .next_back();
    match answer {
        None => Count { least: 0, most: 1 },
        Some(state) if state.is_active() && !is_stopped(state) => Count { least: 1, most: 1 },
        Some(_) => Count { least: 0, most: 0 },
    }
}

/// Whether the CPUs of a guest in this state stand still, though it may have an emulator.
const fn is_stopped(state: DomainState) -> bool {
    matches!(
        state,
        DomainState::Paused | DomainState::Crashed | DomainState::Pmsuspended
    )
}
