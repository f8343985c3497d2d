//! The step `cluster`: what an operator asks of the cluster around the agent, and what stands in the agent's place there.
//!
//! A step is over when the cluster has taken the command, not when it has acted: a `settle` waits for that.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Millis, OneOrMany, Phase, Role, Word};
use crate::history::NodeName;
use crate::ocf::{Code, Verb};

/// The id of the resource that is the subject.
pub const SUBJECT: &str = "vm";

/// Something that is asked of the cluster, or of what stands there in the agent's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterDo {
    /// Put the subject into the cluster, as the resource `vm`: it starts the guest.
    Create(Create),
    /// Put other resources into the cluster, which do nothing but start and stop.
    Add(Add),
    /// Add constraints.
    Constrain(Vec<Constraint>),
    /// Take a constraint out by its id, or `all` that the case has added.
    Release(String),
    /// Move the subject to that node, by `crm_resource --move`.
    Move(NodeName),
    /// Keep the subject off that node, by `crm_resource --ban`.
    Ban(NodeName),
    /// Take out what `move` and `ban` have added, by `crm_resource --clear`.
    Clear,
    /// Let nothing run on that node.
    Standby(NodeName),
    /// Let resources run on that node again.
    Online(NodeName),
    /// Whether the cluster leaves every resource alone.
    Maintenance(bool),
    /// Whether the cluster starts and stops the subject.
    Managed(bool),
    /// Shut the cluster's software down on that node, as its service would be stopped: TERM to `pacemakerd`.
    Leave(NodeName),
    /// Start the cluster's software on that node again.
    Join(NodeName),
    /// Forget the subject's failures on that node, or on `all`, by `crm_resource --cleanup`.
    Cleanup(Where),
    /// Forget what is known of the subject on that node, or on `all`, by `crm_resource --refresh`: it is probed again.
    Refresh(Where),
    /// Take the subject out of the cluster.
    Delete,
    /// Change something that concerns no resource, so that the cluster plans again.
    Touch,
    /// Fence that node, as an operator does.
    Fence(NodeName),
    /// Set properties of the cluster by their names; null takes one away. Each costs Pacemaker a second.
    Options(BTreeMap<String, Option<Word>>),
    /// What each node can carry, by the names that resources use in `utilization`.
    Capacity(BTreeMap<NodeName, BTreeMap<String, u32>>),
    /// Answer in the agent's place when the cluster asks next.
    Answer(Answer),
    /// Let the next run of an action wait before the agent begins, until it is let go.
    Hold(ActionAt),
    /// Let a run go on that is held.
    LetGo(ActionAt),
    /// Wait for a moment of the subject's live migration. One that never comes makes the case `unknown`.
    Reach(Reach),
}

/// The subject as a resource of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Create {
    /// The node that it is rather started on: a location constraint with the score 100.
    pub prefers: Option<NodeName>,
    /// The interval of the recurring monitor; null for none.
    pub monitor: Option<Millis>,
    /// Whether the cluster may migrate it live.
    pub allow_migrate: bool,
    /// Timeouts of actions, where they are not those that the agent's metadata advertise.
    pub timeouts: BTreeMap<Verb, Millis>,
    /// What the cluster does when an action fails, as Pacemaker's `on-fail` has it.
    pub on_fail: BTreeMap<Verb, String>,
    /// Parameters that differ from what the agent is given elsewhere, by role; null leaves one out.
    pub parameters: BTreeMap<Role, Option<String>>,
    /// Meta attributes by their names, such as `migration-threshold`.
    pub meta: BTreeMap<String, Word>,
    /// How much it takes of what a node can carry.
    pub utilization: BTreeMap<String, u32>,
}

impl Default for Create {
    fn default() -> Self {
        Self {
            prefers: None,
            monitor: Some(Millis(10_000)),
            allow_migrate: true,
            timeouts: BTreeMap::new(),
            on_fail: BTreeMap::new(),
            parameters: BTreeMap::new(),
            meta: BTreeMap::new(),
            utilization: BTreeMap::new(),
        }
    }
}

/// Resources of `ocf:pacemaker`, which do nothing but start and stop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Add {
    /// Ids of resources of the agent `Dummy`.
    pub dummy: Option<OneOrMany<String>>,
    /// Ids of resources of the agent `Stateful`, which can be promoted.
    pub stateful: Option<OneOrMany<String>>,
    /// The id of a group that all of them are in, in their order.
    pub group: Option<String>,
    /// Clones of the resource or of the group; the clone's id is its id with `-clone`.
    pub clone: Option<Clones>,
    /// How long each of their actions takes, in whole seconds.
    pub sleep: Option<Millis>,
    /// The node that they are rather started on.
    pub prefers: Option<NodeName>,
    /// Meta attributes of each of them.
    pub meta: BTreeMap<String, Word>,
    /// How much each of them takes of what a node can carry.
    pub utilization: BTreeMap<String, u32>,
}

impl Add {
    /// The ids of the resources themselves, in their order.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        let dummies = self.dummy.iter().flat_map(|ids| &ids.0);
        dummies.chain(self.stateful.iter().flat_map(|ids| &ids.0))
    }
}

/// Copies of a resource, one a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Clones {
    /// Whether what depends on them waits for the copy on its own node alone.
    pub interleave: bool,
    /// How many copies at most; one a node unless said.
    pub max: Option<u32>,
    /// How many of them are promoted at most; without it they can't be promoted.
    pub promoted: Option<u32>,
}

/// A constraint: exactly one of `location`, `order` and `colocation` says which kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Constraint {
    /// The resource that would rather run on a node, or would not.
    pub location: Option<String>,
    /// Two resources, of which the first starts before the second and stops after it.
    pub order: Option<[String; 2]>,
    /// Two resources, of which the first runs where the second runs.
    pub colocation: Option<[String; 2]>,
    /// The node of a `location`.
    pub node: Option<NodeName>,
    /// How much it counts: a number, `INFINITY` or `-INFINITY`; `INFINITY` unless said.
    pub score: Option<Word>,
    /// Of an `order`: `Mandatory`, `Optional` or `Serialize`, as Pacemaker has it.
    pub kind: Option<String>,
    /// Of an `order`: the action of the first, such as `promote`.
    pub first_action: Option<String>,
    /// Of a `colocation`: the role of the second, such as `Promoted`.
    pub with_role: Option<String>,
    /// Its id, by which `release` names it.
    #[serde(rename = "as")]
    pub id: Option<String>,
}

/// A node, or `all` of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Where {
    /// Every node.
    All,
    /// That node.
    Node(NodeName),
}

/// An action of the subject on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionAt {
    /// The action.
    pub action: Verb,
    /// The node.
    pub node: NodeName,
}

/// An answer that is given in the agent's place, which does not run then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The action.
    pub action: Verb,
    /// The node.
    pub node: NodeName,
    /// The code.
    pub returns: Code,
    /// How many times, before the agent is asked again.
    #[serde(default = "once")]
    pub times: u32,
}

/// A wait for a moment of the subject's live migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// The moment.
    pub phase: Phase,
    /// The node that the subject leaves.
    pub from: NodeName,
    /// How long to wait at most.
    pub within: Millis,
}

impl ClusterDo {
    /// The nodes that it names, each with its place below the step.
    #[must_use]
    pub fn nodes<'a>(&'a self) -> Vec<(String, &'a NodeName)> {
        let one = |place: &str, node| vec![(place.to_owned(), node)];
        match self {
            Self::Create(Create { prefers, .. }) | Self::Add(Add { prefers, .. }) => {
                let key = self.key();
                let place = |node| (format!(".{key}.prefers"), node);
                prefers.iter().map(place).collect()
            }
            Self::Constrain(all) => {
                let place = |(i, each): (usize, &'a Constraint)| {
                    let node = each.node.as_ref()?;
                    Some((format!(".constrain[{i}].node"), node))
                };
                all.iter().enumerate().filter_map(place).collect()
            }
            Self::Move(node)
            | Self::Ban(node)
            | Self::Standby(node)
            | Self::Online(node)
            | Self::Leave(node)
            | Self::Join(node)
            | Self::Fence(node)
            | Self::Cleanup(Where::Node(node))
            | Self::Refresh(Where::Node(node)) => one(&format!(".{}", self.key()), node),
            Self::Capacity(nodes) => {
                let place = |node| (format!(".capacity.{node}"), node);
                nodes.keys().map(place).collect()
            }
            Self::Answer(answer) => one(".answer.node", &answer.node),
            Self::Hold(at) | Self::LetGo(at) => one(&format!(".{}.node", self.key()), &at.node),
            Self::Reach(reach) => one(".reach.from", &reach.from),
            _ => Vec::new(),
        }
    }

    /// Its key in a case file.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Add(_) => "add",
            Self::Constrain(_) => "constrain",
            Self::Release(_) => "release",
            Self::Move(_) => "move",
            Self::Ban(_) => "ban",
            Self::Clear => "clear",
            Self::Standby(_) => "standby",
            Self::Online(_) => "online",
            Self::Maintenance(_) => "maintenance",
            Self::Managed(_) => "managed",
            Self::Leave(_) => "leave",
            Self::Join(_) => "join",
            Self::Cleanup(_) => "cleanup",
            Self::Refresh(_) => "refresh",
            Self::Delete => "delete",
            Self::Touch => "touch",
            Self::Fence(_) => "fence",
            Self::Options(_) => "options",
            Self::Capacity(_) => "capacity",
            Self::Answer(_) => "answer",
            Self::Hold(_) => "hold",
            Self::LetGo(_) => "let_go",
            Self::Reach(_) => "reach",
        }
    }
}

impl From<String> for Where {
    fn from(text: String) -> Self {
        match text.as_str() {
            "all" => Self::All,
            _ => Self::Node(NodeName(text)),
        }
    }
}

impl From<Where> for String {
    fn from(place: Where) -> Self {
        match place {
            Where::All => "all".to_owned(),
            Where::Node(node) => node.0,
        }
    }
}

impl JsonSchema for Where {
    fn schema_name() -> Cow<'static, str> {
        "Where".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A node, or `all` of them.", "type": "string"})
    }
}

const fn once() -> u32 {
    1
}
