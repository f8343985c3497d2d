//! The step `schedule`: what a case asks of the cluster's scheduler alone, and what it demands of the plan.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Add, Constraint, Create, Millis, OneOrMany, Word};
use crate::history::NodeName;
use crate::ocf::{Code, Verb};

/// The nodes that a case can give to a scheduler.
pub(crate) const SCHEDULED_NODES: [&str; 3] = ["a", "b", "c"];

/// A small cluster, what happened in it, and with that the question what its scheduler orders now.
///
/// In the beginning the cluster has started everything: `vm` on `a`, unless `create` prefers another node. What the other
/// keys say came after that, and nothing was ordered since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// How many nodes: 2 or 3.
    pub nodes: u8,
    /// The guest, as the resource `vm`. What is no business of the scheduler says nothing here: parameters, timeouts.
    pub create: Create,
    /// Other resources.
    pub add: Vec<Add>,
    /// Constraints between them.
    pub constrain: Vec<Constraint>,
    /// Properties of the cluster by their names, such as `stonith-enabled`, which is true unless said.
    pub options: BTreeMap<String, Word>,
    /// What was recorded of the guest since its start, in this order.
    pub history: Vec<PastAction>,
    /// Whether the cluster may act on the guest.
    pub managed: bool,
    /// The node that each of these resources is kept off.
    pub ban: Option<BTreeMap<String, NodeName>>,
    /// The node that nothing may run on any more.
    pub standby: Option<NodeName>,
    /// The node that left the cluster without a word.
    pub lost: Option<NodeName>,
    /// The node whose history of the guest was cleaned.
    pub cleaned: Option<NodeName>,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            nodes: 2,
            create: Create::default(),
            add: Vec::new(),
            constrain: Vec::new(),
            options: BTreeMap::new(),
            history: Vec::new(),
            managed: true,
            ban: None,
            standby: None,
            lost: None,
            cleaned: None,
        }
    }
}

/// A result of an action of the guest, as the cluster has recorded it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastAction {
    /// The action.
    pub action: Verb,
    /// Where it was done.
    pub node: NodeName,
    /// The target of a `migrate_to`; the first other node unless said.
    #[serde(default)]
    pub to: Option<NodeName>,
    /// The source of a `migrate_from`; the first other node unless said.
    #[serde(default)]
    pub from: Option<NodeName>,
    /// The interval of a recurring monitor; without it a monitor is a probe.
    #[serde(default)]
    pub interval: Option<Millis>,
    /// How far it came.
    #[serde(default)]
    pub status: Recorded,
    /// The code; an action that is pending has none.
    #[serde(default = "success")]
    pub returns: Code,
}

/// How far an action came by the cluster's record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// It ended by itself.
    #[default]
    Done,
    /// It was killed at its timeout.
    TimedOut,
    /// It was begun, and nothing more is known.
    Pending,
}

/// An action that the scheduler is to order: exactly one of the keys but `of` says which, and on which node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Planned {
    /// A start on that node.
    pub start: Option<NodeName>,
    /// A stop on that node.
    pub stop: Option<NodeName>,
    /// The source's half of a live migration.
    pub migrate_to: Option<NodeName>,
    /// The target's half of a live migration.
    pub migrate_from: Option<NodeName>,
    /// A promotion on that node.
    pub promote: Option<NodeName>,
    /// A demotion on that node.
    pub demote: Option<NodeName>,
    /// That node is fenced, which is an action of no resource.
    pub fence: Option<NodeName>,
    /// The id of the resource; `vm` unless said.
    pub of: Option<String>,
}

/// The word for a fencing among actions.
pub const FENCE: &str = "fence";

impl Planned {
    /// The actions that it names, each with its key: one, in a case that lint let pass.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &NodeName)> {
        let named = [
            ("start", &self.start),
            ("stop", &self.stop),
            ("migrate_to", &self.migrate_to),
            ("migrate_from", &self.migrate_from),
            ("promote", &self.promote),
            ("demote", &self.demote),
            (FENCE, &self.fence),
        ];
        named
            .into_iter()
            .filter_map(|(key, node)| Some((key, node.as_ref()?)))
    }

    /// The nodes that it names, each with its place below it.
    pub(super) fn nodes<'a>(&'a self, at: &str) -> Vec<(String, &'a NodeName)> {
        let place = |(key, node)| (format!("{at}.{key}"), node);
        self.actions().map(place).collect()
    }
}

/// The nodes that the stages of a plan name, each with its place below the list.
pub(super) fn stage_nodes(stages: &[OneOrMany<Planned>]) -> Vec<(String, &NodeName)> {
    let of = |(i, stage): (usize, &'_ OneOrMany<Planned>)| -> Vec<String> {
        match stage.0.len() {
            1 => vec![format!("[{i}]")],
            many => (0..many).map(|j| format!("[{i}][{j}]")).collect(),
        }
    };
    let places = stages.iter().enumerate().flat_map(of);
    let actions = stages.iter().flat_map(|stage| &stage.0);
    let pairs = places.zip(actions);
    pairs.flat_map(|(at, action)| action.nodes(&at)).collect()
}

impl Schedule {
    /// The names of its nodes.
    #[must_use]
    pub fn names(&self) -> &'static [&'static str] {
        let count = usize::from(self.nodes).min(SCHEDULED_NODES.len());
        &SCHEDULED_NODES[..count]
    }

    /// The nodes that it names, each with its place below the step.
    #[must_use]
    pub fn nodes(&self) -> Vec<(String, &NodeName)> {
        let one = |key: &str, node| (format!(".{key}"), node);
        let alone = [
            ("create.prefers", &self.create.prefers),
            ("standby", &self.standby),
            ("lost", &self.lost),
            ("cleaned", &self.cleaned),
        ];
        let alone = { alone.into_iter() }.filter_map(|(key, node)| Some(one(key, node.as_ref()?)));
        let past = self.history.iter().enumerate();
        let past = past.flat_map(|(i, it)| {
            let all = [
                ("node", Some(&it.node)),
                ("to", it.to.as_ref()),
                ("from", it.from.as_ref()),
            ];
            let named = all.into_iter().filter_map(|(key, node)| Some((key, node?)));
            named.map(move |(key, node)| one(&format!("history[{i}].{key}"), node))
        });
        let ban = self.ban.iter().flatten();
        let ban = ban.map(|(id, node)| one(&format!("ban.{id}"), node));
        let tied = self.constrain.iter().enumerate();
        let tied = tied
            .filter_map(|(i, it)| Some(one(&format!("constrain[{i}].node"), it.node.as_ref()?)));
        alone.chain(past).chain(ban).chain(tied).collect()
    }
}

const fn success() -> Code {
    Code::Success
}
