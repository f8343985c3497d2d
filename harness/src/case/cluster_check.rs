//! What a case demands of the cluster, and of the subject as its resource.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Millis, OneOrMany, Returned};
use crate::history::NodeName;
use crate::ocf::Verb;

/// A condition on what the cluster does, has done or believes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterCheck {
    /// The cluster has nothing to do: its controller is idle, no action is pending, and every node that should be is a member.
    Idle,
    /// It has begun an action of the subject since it was last idle.
    Began(Seen),
    /// An action of the subject has ended since it was last idle.
    Ended(Seen),
    /// It believes the subject started on exactly these nodes, neither failed nor blocked; none for stopped.
    Started(Vec<NodeName>),
    /// It believes other resources, by their ids, started on exactly these nodes.
    Others(BTreeMap<String, Vec<NodeName>>),
    /// The actions that it had the agent do since it was idle after `create`, in their order. Probes, recurring monitors and
    /// meta-data are left out; two stops of one resource that follow each other may come in either order.
    Actions(Vec<Ordered>),
    /// The nodes that were fenced, in any order.
    Fenced(Vec<NodeName>),
}

/// An action of the subject on a node, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The action.
    pub action: Verb,
    /// The node.
    pub node: NodeName,
    /// How it may have ended; in any way unless said.
    #[serde(default)]
    pub returns: Option<OneOrMany<Returned>>,
}

/// One action that the cluster orders: exactly one of its names has the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ordered {
    /// A start on that node.
    pub start: Option<NodeName>,
    /// A stop on that node.
    pub stop: Option<NodeName>,
    /// The source's half of a live migration.
    pub migrate_to: Option<NodeName>,
    /// The target's half of a live migration.
    pub migrate_from: Option<NodeName>,
    /// A promotion on that node, of another resource.
    pub promote: Option<NodeName>,
    /// A demotion on that node, of another resource.
    pub demote: Option<NodeName>,
    /// How it may have ended; in any way unless said.
    pub returns: Option<OneOrMany<Returned>>,
    /// The id of the resource; the subject unless said. Of others only those are looked at that the list names.
    pub of: Option<String>,
}

impl Ordered {
    /// The actions that it names, each with its key: one, in a case that lint let pass.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &NodeName)> {
        let named = [
            ("start", &self.start),
            ("stop", &self.stop),
            ("migrate_to", &self.migrate_to),
            ("migrate_from", &self.migrate_from),
            ("promote", &self.promote),
            ("demote", &self.demote),
        ];
        named
            .into_iter()
            .filter_map(|(key, node)| Some((key, node.as_ref()?)))
    }
}

/// For how long no instance of the guest ran, from the first that was seen running on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Each time no longer than this.
    pub at_most: Millis,
}

impl ClusterCheck {
    /// The nodes that it names, each with its place below the check.
    #[must_use]
    pub fn nodes(&self) -> Vec<(String, &NodeName)> {
        let listed = |key: &'static str, nodes: &'_ [NodeName]| {
            (0..nodes.len()).map(move |i| format!(".{key}[{i}]"))
        };
        match self {
            Self::Idle => Vec::new(),
            Self::Began(seen) => vec![(".began.node".to_owned(), &seen.node)],
            Self::Ended(seen) => vec![(".ended.node".to_owned(), &seen.node)],
            Self::Started(nodes) => listed("started", nodes).zip(nodes).collect(),
            Self::Fenced(nodes) => listed("fenced", nodes).zip(nodes).collect(),
            Self::Others(others) => others.iter().flat_map(other_nodes).collect(),
            Self::Actions(all) => all.iter().enumerate().flat_map(ordered_nodes).collect(),
        }
    }
}

fn other_nodes<'a>(
    (id, nodes): (&'a String, &'a Vec<NodeName>),
) -> impl Iterator<Item = (String, &'a NodeName)> {
    let numbered = nodes.iter().enumerate();
    numbered.map(move |(i, node)| (format!(".others.{id}[{i}]"), node))
}

fn ordered_nodes((i, ordered): (usize, &Ordered)) -> impl Iterator<Item = (String, &NodeName)> {
    let named = ordered.actions();
    named.map(move |(key, node)| (format!(".actions[{i}].{key}"), node))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::case::{CaseSpec, Check, ClusterCheck, ClusterDo, Step, Where, load_text};

    fn read(when: &str, then: &str) -> CaseSpec {
        let text = format!(
            "case: it holds\nclause: [CLU-08]\nlevel: must\nneeds: {{nodes: 2, cluster: pacemaker}}\nwhen:\n{when}then:\n{then}"
        );
        let loaded = load_text(Path::new("cluster/one.yaml"), &text, None);
        loaded.expect("it is good").remove(0).spec
    }

    #[test]
    fn every_deed_is_read() {
        let deeds = [
            "create: {prefers: a, monitor: null, allow_migrate: false, timeouts: {migrate_to: 4s}, on_fail: {stop: block}, \
             parameters: {bandwidth: null}, meta: {migration-threshold: 1, target-role: Started}, utilization: {cpu: 1}}",
            "add: {dummy: lock, clone: {interleave: true}, sleep: 1s, meta: {priority: 5}}",
            "add: {dummy: [net, disk], group: storage}",
            "add: {stateful: sync, clone: {promoted: 1}}",
            "constrain: [{location: vm, node: b, score: INFINITY, as: home}, {order: [lock-clone, vm]}, {colocation: [vm, lock-clone], score: 100}]",
            "release: all",
            "move: b",
            "ban: a",
            "standby: a",
            "online: a",
            "maintenance: true",
            "managed: false",
            "leave: a",
            "join: a",
            "cleanup: a",
            "refresh: all",
            "fence: b",
            "options: {no-quorum-policy: stop, migration-limit: 1, batch-limit: null}",
            "capacity: {a: {cpu: 2}}",
            "answer: {action: monitor, node: a, returns: err_generic, times: 2}",
            "hold: {action: migrate_from, node: b}",
            "let_go: {action: migrate_from, node: b}",
            "reach: {phase: {copied: 30%}, from: a, within: 20s}",
        ];
        let bare = ["clear", "delete", "touch"];
        let maps = deeds
            .iter()
            .map(|deed| format!("  - cluster: {{{deed}}}\n"));
        let words = bare.iter().map(|deed| format!("  - cluster: {deed}\n"));
        let spec = read(
            &maps.chain(words).collect::<String>(),
            "  - cluster: {fenced: []}\n",
        );
        assert_eq!(spec.when.len(), deeds.len() + bare.len());
        for (step, written) in spec.when.iter().zip(deeds.iter().chain(&bare)) {
            let Step::Cluster(deed) = step else {
                panic!("{step:?}");
            };
            assert!(written.starts_with(deed.key()), "{written}");
        }
        let all = |step: &Step| matches!(step, Step::Cluster(ClusterDo::Refresh(Where::All)));
        assert!(spec.any_step(all));
    }

    #[test]
    fn what_is_demanded_of_the_cluster_is_read_with_its_nodes() {
        let spec = read(
            "  - cluster: {create: {}}\n  - settle: {until: {cluster: idle}, within: 30s}\n  \
             - settle: {until: {cluster: {ended: {action: migrate_to, node: a, returns: success}}}, within: 10s}\n",
            "  - cluster: {started: [a, b]}\n  - cluster: {others: {lock-clone: [b]}}\n  \
             - cluster: {actions: [{migrate_to: a}, {stop: a, returns: success}, {stop: b, of: lock}]}\n  \
             - outage: {at_most: 20s}\n",
        );
        let places: Vec<_> = { spec.then.iter() }
            .flat_map(Check::nodes)
            .map(|(place, node)| format!("{place} {node}"))
            .collect();
        let wanted = [
            ".started[0] a",
            ".started[1] b",
            ".others.lock-clone[0] b",
            ".actions[0].migrate_to a",
            ".actions[1].stop a",
            ".actions[2].stop b",
        ];
        assert_eq!(places, wanted);
        let Step::Settle(settle) = &spec.when[1] else {
            panic!("{:?}", spec.when[1]);
        };
        assert_eq!(settle.until, Check::Cluster(ClusterCheck::Idle));
    }
}
