//! What libvirt says of the subject, and what became of its configuration file.

use std::collections::BTreeMap;

use super::examined::{Examined, worst};
use super::running;
use crate::case::{FaultKind, OneOrMany};
use crate::history::{DomainState, Guest, Moment, NodeName, Sighting, What};
use crate::judge::record::{Record, SLACK};

/// How long before its entry a fault may have changed the file, in milliseconds.
const FAULT_TAKES: u64 = 1000;

/// Examines `state`: libvirt's last answer since the last step began. Where libvirt does not run the subject, what its
/// emulator says by QMP or its freezer shows, or else what the process table does: a guest that runs, or none.
pub(super) fn states(
    states: &BTreeMap<NodeName, OneOrMany<DomainState>>,
    record: &Record<'_>,
) -> Examined {
    let each = states
        .iter()
        .map(|(node, allowed)| state(node, &allowed.0, record))
        .collect();
    worst(each, "a state for each node")
}

fn state(node: &NodeName, allowed: &[DomainState], record: &Record<'_>) -> Examined {
    let states: Vec<_> = allowed.iter().map(|state| state_word(*state)).collect();
    let states = states.join(" or ");
    if !record.engine.asks_libvirt() {
        return by_emulators(node, allowed, &states, record);
    }
    let expected = format!("the domain to be {states} on {node}");
    let Some(seen) = last_answer(node, record) else {
        return Examined::unseen(expected, "no answer of libvirt since the step began").on(node);
    };
    let (at, state) = seen;
    Examined::new(
        allowed.contains(&state),
        expected,
        format!("libvirt: {}", state_word(state)),
    )
    .on(node)
    .at(at)
}

/// A state by the emulators that were last seen on the node.
fn by_emulators(
    node: &NodeName,
    allowed: &[DomainState],
    states: &str,
    record: &Record<'_>,
) -> Examined {
    let expected = format!("the guest to be {states} on {node}");
    let Some(look) = record.emulators(node, Guest::Subject).next_back() else {
        return Examined::unseen(expected, "nobody looked at the process table").on(node);
    };
    let (state, seen) = match look.found.first() {
        Some(one) => (
            DomainState::Running,
            format!("its emulator, process {}", one.pid),
        ),
        None => (DomainState::Absent, "no emulator of it".to_owned()),
    };
    let told = told(node, record).filter(|_| state == DomainState::Running);
    let (state, seen) = match told {
        Some(state) => (
            state,
            format!("{}: {}", record.engine.teller(), state_word(state)),
        ),
        None => (state, format!("the process table has {seen}")),
    };
    Examined::new(allowed.contains(&state), expected, seen)
        .on(node)
        .at(look.at)
}

/// The state that was last told of the guest that is on the node now; none where nobody was asked.
fn told(node: &NodeName, record: &Record<'_>) -> Option<DomainState> {
    let since = running::changed_last(record, node);
    let last = record.domains(node, Guest::Subject).next_back()?;
    last.state
        .filter(|state| state.is_active() && last.at.0 + SLACK >= since.0)
}

fn last_answer(node: &NodeName, record: &Record<'_>) -> Option<(Moment, DomainState)> {
    let since = record.steps().last().map_or(Moment(0), |(at, _)| at);
    let seen = record.domains(node, Guest::Subject).next_back()?;
    let state = seen.state?;
    (seen.at >= since).then_some((seen.at, state))
}

/// A state in the words of a case file.
pub(in crate::judge) const fn state_word(state: DomainState) -> &'static str {
    match state {
        DomainState::Absent => "absent",
        DomainState::Nostate => "nostate",
        DomainState::Running => "running",
        DomainState::Blocked => "blocked",
        DomainState::Paused => "paused",
        DomainState::Shutdown => "shutdown",
        DomainState::Shutoff => "shutoff",
        DomainState::Crashed => "crashed",
        DomainState::Pmsuspended => "pmsuspended",
    }
}

/// Examines `undefined`.
pub(super) fn undefined(nodes: &[NodeName], record: &Record<'_>) -> Examined {
    let each = nodes.iter().map(|node| {
        let expected = format!("no persistent definition on {node}");
        let seen = record
            .domains(node, Guest::Subject)
            .rfind(|seen| seen.state.is_some());
        match seen {
            None => Examined::unseen(expected, "no answer of libvirt").on(node),
            Some(seen) => {
                let found = if seen.persistent {
                    "a persistent definition"
                } else {
                    "none"
                };
                Examined::new(!seen.persistent, expected, format!("libvirt: {found}"))
                    .on(node)
                    .at(seen.at)
            }
        }
    });
    worst(each.collect(), "nodes without a definition")
}

/// Examines `autostart_noticed`.
pub(super) fn autostart(node: &NodeName, record: &Record<'_>) -> Examined {
    let expected =
        format!("libvirt's autostart on {node} to be cleared, or a run there to speak of it");
    let last = record
        .domains(node, Guest::Subject)
        .rfind(|seen| seen.state.is_some());
    let Some(seen) = last else {
        return Examined::unseen(expected, "no answer of libvirt").on(node);
    };
    let speaks = |text: &str| text.to_ascii_lowercase().contains("autostart");
    let mentioned = record
        .runs
        .iter()
        .filter(|ran| ran.invocation.node == *node)
        .filter_map(|ran| ran.outcome())
        .any(|outcome| speaks(&outcome.stdout.text) || speaks(&outcome.stderr.text));
    let found = match (seen.autostart, mentioned) {
        (false, _) => "it is cleared",
        (true, true) => "a run spoke of it",
        (true, false) => "libvirt starts the guest with the node, and no run said so",
    };
    Examined::new(!seen.autostart || mentioned, expected, found)
        .on(node)
        .at(seen.at)
}

/// Examines `config_untouched`.
pub(super) fn config(untouched: bool, record: &Record<'_>) -> Examined {
    let demand = if untouched { "as it was" } else { "changed" };
    let expected = format!("the configuration file {demand}");
    let nodes = record.nodes();
    let (mut compared, mut changed) = (false, None);
    for node in nodes {
        for (before, after, at) in config_pairs(record, node) {
            compared = true;
            if before != after {
                changed = Some((node, at, after));
            }
        }
    }
    match changed {
        _ if !compared => Examined::unseen(expected, "the file was not looked at twice"),
        None => Examined::new(untouched, expected, "the same content at every look"),
        Some((node, at, after)) => {
            let seen = if after.is_some() {
                "other content"
            } else {
                "the file is gone"
            };
            Examined::new(!untouched, expected, seen).on(node).at(at)
        }
    }
}

/// Examines `config_whole`: the last look at the file on each node.
pub(super) fn config_whole(wanted: bool, record: &Record<'_>) -> Examined {
    let demand = if wanted { "whole" } else { "torn or gone" };
    let each = record.nodes().into_iter().map(|on| {
        let expected = format!("the configuration file on {on} {demand}");
        let looks = record
            .sightings()
            .filter_map(|(at, sighting)| match sighting {
                Sighting::Config {
                    node,
                    digest,
                    whole,
                } if node == on => Some((at, digest.is_some(), *whole)),
                _ => None,
            });
        match looks.last() {
            None => Examined::unseen(expected, "nobody looked at the file").on(on),
            Some((at, there, whole)) => {
                let seen = match (there, whole) {
                    (false, _) => "the file is gone",
                    (true, false) => "the file is no well-formed document",
                    (true, true) => "the file is one well-formed document",
                };
                Examined::new(whole == wanted, expected, seen).on(on).at(at)
            }
        }
    });
    worst(each.collect(), "a configuration file on each node")
}

/// Examines `secret_hidden`: every look after a run.
pub(super) fn secret_hidden(wanted: bool, record: &Record<'_>) -> Examined {
    let demand = if wanted { "hidden" } else { "shown" };
    let expected = format!("the configuration's password {demand}");
    let mut looks = record
        .sightings()
        .filter_map(|(at, sighting)| match sighting {
            Sighting::Exposed { node, places } => Some((at, node, places)),
            _ => None,
        })
        .peekable();
    if looks.peek().is_none() {
        return Examined::unseen(expected, "nobody looked for it");
    }
    match looks.find(|(_, _, places)| !places.is_empty()) {
        None => Examined::new(wanted, expected, "it was found nowhere"),
        Some((at, node, places)) => {
            let seen = format!("for others to read: {}", places.join(", "));
            Examined::new(!wanted, expected, seen).on(node).at(at)
        }
    }
}

/// Digests of the file on a node before and after, without the changes that the harness made.
pub(in crate::judge) fn config_pairs<'a>(
    record: &Record<'a>,
    on: &NodeName,
) -> Vec<(Option<&'a str>, Option<&'a str>, Moment)> {
    let mut pairs = Vec::new();
    let mut before: Option<Option<&str>> = None;
    for entry in record.entries {
        match &entry.what {
            What::Fault { kind, .. } | What::Healed { kind } if *kind == FaultKind::Config => {
                before = None;
                // A look may have come between the change and its entry.
                pairs.retain(|(_, _, at): &(_, _, Moment)| at.0 + FAULT_TAKES < entry.at.0);
            }
            What::Saw(Sighting::Config { node, digest, .. }) if node == on => {
                let digest = digest.as_deref();
                match before {
                    // The harness itself writes it until the world is ready.
                    _ if entry.at < record.ready => before = Some(digest),
                    Some(before) => pairs.push((before, digest, entry.at)),
                    None => before = Some(digest),
                }
            }
            _ => {}
        }
    }
    pairs
}
