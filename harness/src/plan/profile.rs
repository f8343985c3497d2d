use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{ClauseId, Feature, Role};
use crate::ocf::Dialect;

/// How one agent is spoken to; says only what its metadata cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name, for `--profile`.
    pub name: String,
    /// Whom it describes: `ocf:PROVIDER:TYPE`, or a path.
    pub agent: String,
    /// Which rules it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// The agent's own name of each parameter that cases speak of.
    pub parameters: BTreeMap<Role, String>,
    /// Parameters that are always set; `${node}` stands for the node's name.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// What the metadata cannot tell.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Tools that the agent calls and that may be put under the shim.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Known deviations: expected findings, each with its reason.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// A finding that is known: reported apart, and reported as mended when it no longer occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The case's id.
    pub case: String,
    /// The demands that are not met.
    pub clauses: Vec<ClauseId>,
    /// Why it is so, and why it is tolerated.
    pub reason: String,
    /// Where it is discussed.
    #[serde(default)]
    pub link: Option<String>,
}
