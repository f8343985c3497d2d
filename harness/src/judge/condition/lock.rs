use std::collections::BTreeMap;

use super::examined::Examined;
use crate::history::{Moment, NodeName, Sighting};
use crate::judge::record::Record;

/// Examines `locked`: the last look at the lock on each node.
pub(super) fn examine(on: &NodeName, record: &Record<'_>) -> Examined {
    let expected = format!("the lock on the disk held on {on} and nowhere else");
    let mut last: BTreeMap<&NodeName, (Moment, bool)> = BTreeMap::new();
    for (at, sighting) in record.sightings() {
        if let Sighting::Lock { node, held, .. } = sighting {
            last.insert(node, (at, *held));
        }
    }
    let nodes = record.nodes();
    if nodes.is_empty() || nodes.iter().any(|node| !last.contains_key(node)) {
        return Examined::unseen(expected, "nobody saw the lock on every node").on(on);
    }
    let holders: Vec<_> = last
        .iter()
        .filter(|(_, (_, held))| *held)
        .map(|(node, _)| node.0.as_str())
        .collect();
    let seen = match holders[..] {
        [] => "by the kernel's list of locks: held nowhere".to_owned(),
        _ => format!(
            "by the kernel's list of locks: held on {}",
            holders.join(" and on ")
        ),
    };
    let held = holders == [on.0.as_str()];
    let at = last.values().map(|(at, _)| *at).max().unwrap_or(Moment(0));
    Examined::new(held, expected, seen).on(on).at(at)
}
