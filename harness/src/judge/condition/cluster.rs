//! What the cluster around the agent does, has done and believes.

mod actions;

use std::collections::BTreeSet;

use super::examined::{Examined, Held, worst};
use crate::case::{ClusterCheck, Seen};
use crate::history::{AskedBy, ClusterEvent, Entry, FenceOutcome, Moment, NodeName, What};
use crate::judge::cluster::is_contradicted;
use crate::judge::record::{Ran, Record};

/// Examines `cluster`.
pub(super) fn examine(check: &ClusterCheck, record: &Record<'_>) -> Examined {
    match check {
        ClusterCheck::Idle => idle(record),
        ClusterCheck::Began(seen) => since_idle(record, seen, "begun", |ran| ran.began),
        ClusterCheck::Ended(seen) => since_idle(record, seen, "ended", |ran| ran.ended()),
        ClusterCheck::Started(nodes) => started(nodes, record),
        ClusterCheck::Others(others) => {
            let each = others.iter().map(|(id, nodes)| other(id, nodes, record));
            worst(each.collect(), "where other resources are started")
        }
        ClusterCheck::Actions(wanted) => actions::examine(wanted, record),
        ClusterCheck::Fenced(nodes) => fenced(nodes, record),
    }
}

/// Whether it was found idle since the last step began, which is the one that waits for it.
fn idle(record: &Record<'_>) -> Examined {
    let is_step = |entry: &Entry| matches!(entry.what, What::Step { .. });
    let is_belief = |entry: &Entry| matches!(entry.what, What::Cluster(ClusterEvent::Belief(_)));
    let step = record.entries.iter().rposition(is_step).unwrap_or(0);
    let is_idle = record.entries[step..].iter().any(is_belief);
    let seen = if is_idle { "it was" } else { "it was not" };
    Examined::new(is_idle, "the cluster idle", seen).at(record.last())
}

/// Whether an action has come to a moment since the cluster was last idle.
fn since_idle(
    record: &Record<'_>,
    wanted: &Seen,
    moment: &str,
    when: impl Fn(&Ran<'_>) -> Moment,
) -> Examined {
    let idle = record.beliefs().next_back();
    let since = idle.map_or(record.ready, |(at, _)| at);
    let comes = |ran: &&Ran<'_>| {
        let at = when(ran);
        let ends = wanted.returns.as_ref();
        ran.invocation.by == AskedBy::Cluster
            && ran.invocation.node == wanted.node
            && ran.is(&wanted.action)
            && (since..Moment(u64::MAX)).contains(&at)
            && ends.is_none_or(|ends| actions::End::of(ran).fits(&ends.0))
    };
    let found = record.runs.iter().find(comes);
    let name = format!("{} on {}", wanted.action, wanted.node);
    let seen = if found.is_some() {
        "it has"
    } else {
        "it has not"
    };
    Examined::new(found.is_some(), format!("{name} {moment}"), seen).at(record.last())
}

/// Where the cluster believes the subject started.
fn started(nodes: &[NodeName], record: &Record<'_>) -> Examined {
    let wanted: BTreeSet<&NodeName> = nodes.iter().collect();
    let expected = format!("the cluster to believe the guest {}", place(&wanted));
    let Some((at, belief)) = record.beliefs().next_back() else {
        return Examined::unseen(expected, NEVER_IDLE);
    };
    let Some(subject) = &belief.subject else {
        let seen = "it has no such resource";
        return Examined::new(wanted.is_empty(), expected, seen).at(at);
    };
    let found: BTreeSet<&NodeName> = subject.started_on.iter().collect();
    let whole = !subject.failed && !subject.blocked;
    // Pacemaker compares results by whole seconds, and a daemon that was killed has lost some.
    let mut wrong = found.symmetric_difference(&wanted).peekable();
    let elsewhere = wrong.peek().is_some();
    let is_wrong = |node: &NodeName| is_contradicted(record, node, found.contains(node));
    let mistaken = wrong.all(|node| is_wrong(node));
    let fails = |node: &&NodeName| is_contradicted(record, node, false);
    let failed_alone =
        subject.failed && !subject.blocked && !found.is_empty() && found.iter().all(fails);
    let failed = if subject.failed { ", failed" } else { "" };
    let blocked = if subject.blocked { ", blocked" } else { "" };
    let seen = format!("it believes it {}{failed}{blocked}", place(&found));
    if mistaken && (elsewhere || failed_alone) {
        let seen = format!("{seen}, which the agent's own answers contradict");
        return Examined::unseen(expected, seen).at(at);
    }
    Examined::new(whole && found == wanted, expected, seen).at(at)
}

const NEVER_IDLE: &str = "it was never seen idle";

/// Where the cluster believes another resource started.
fn other(id: &str, nodes: &[NodeName], record: &Record<'_>) -> Examined {
    let wanted: BTreeSet<&NodeName> = nodes.iter().collect();
    let expected = format!("the cluster to believe `{id}` {}", place(&wanted));
    let Some((at, belief)) = record.beliefs().next_back() else {
        return Examined::unseen(expected, NEVER_IDLE);
    };
    let found: BTreeSet<&NodeName> = belief.others.get(id).into_iter().flatten().collect();
    let seen = format!("it believes it {}", place(&found));
    Examined::new(found == wanted, expected, seen).at(at)
}

fn place(nodes: &BTreeSet<&NodeName>) -> String {
    match nodes.is_empty() {
        true => "stopped".to_owned(),
        false => format!("started on {}", names(nodes)),
    }
}

fn names(nodes: &BTreeSet<&NodeName>) -> String {
    let names: Vec<_> = nodes.iter().map(|node| node.0.as_str()).collect();
    names.join(" and ")
}

/// Which nodes were really fenced, by the device's own word.
fn fenced(nodes: &[NodeName], record: &Record<'_>) -> Examined {
    let wanted: BTreeSet<&NodeName> = nodes.iter().collect();
    let done = |entry: &'_ Entry| match &entry.what {
        What::Cluster(ClusterEvent::Fenced(fenced)) => {
            fenced.action != "on" && fenced.outcome == FenceOutcome::Done
        }
        _ => false,
    };
    let mut found: BTreeSet<&NodeName> = BTreeSet::new();
    let mut last = None;
    for entry in record.entries.iter().filter(|entry| done(entry)) {
        if let What::Cluster(ClusterEvent::Fenced(fenced)) = &entry.what {
            found.insert(&fenced.node);
            last = Some(entry.at);
        }
    }
    let text = |nodes: &BTreeSet<&NodeName>| match nodes.is_empty() {
        true => "no node".to_owned(),
        false => names(nodes),
    };
    let expected = format!("{} to be fenced", text(&wanted));
    let held = Held::from(found == wanted);
    let seen = format!("by the fence device: {}", text(&found));
    Examined::new(held, expected, seen).at(last.unwrap_or_else(|| record.last()))
}
