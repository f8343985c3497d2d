use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::node_name::NodeName;
use crate::engine::Engine;

/// What a history tells of the lab that its case ran in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LabFacts {
    /// What ran the guests' processors: `kvm` or `tcg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerator: Option<String>,
    /// How many times slower than usual the lab is: the case was given so many times its times.
    #[serde(skip_serializing_if = "is_usual")]
    pub pace: u32,
    /// What runs the subject.
    #[serde(skip_serializing_if = "is_default")]
    pub engine: Engine,
    /// What the machine of each node is, where they are not this one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub machines: BTreeMap<NodeName, String>,
    /// What the lab's processes have of whoever called the harness and could not be shed, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherited: Vec<String>,
    /// The kinds of what the agent leaves behind in any life of a guest.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub left_in_any_life: BTreeSet<String>,
}

impl Default for LabFacts {
    fn default() -> Self {
        Self {
            accelerator: None,
            pace: 1,
            engine: Engine::default(),
            machines: BTreeMap::new(),
            inherited: Vec::new(),
            left_in_any_life: BTreeSet::new(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_usual(pace: &u32) -> bool {
    *pace == 1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
