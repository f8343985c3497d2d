//! The step `fence`: one run of the agent under test as a fence agent.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Millis, OneOrMany};
use crate::history::NodeName;
use crate::ocf::{FenceAction, FenceReturned};

/// The timeout of an action for which a case gives none. Source: Pacemaker's default of `stonith-timeout`.
const DEFAULT_TIMEOUT: Millis = Millis(60_000);

/// One run of the agent as a fence agent, about the subject by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fence {
    /// Where it runs.
    pub node: NodeName,
    /// What it is to do.
    #[serde(rename = "do")]
    pub action: FenceAction,
    /// A label for later checks.
    #[serde(default, rename = "as")]
    pub label: Option<String>,
    /// Options that differ in this run, by their own names; null leaves one out.
    #[serde(default)]
    pub options: BTreeMap<String, Option<String>>,
    /// Lines of its standard input before those of the options.
    #[serde(default)]
    pub lines: Vec<String>,
    /// When its process group is killed; a minute unless said.
    #[serde(default)]
    pub timeout: Option<Millis>,
    /// How it may end.
    pub returns: OneOrMany<FenceReturned>,
}

impl Fence {
    /// When its process group is killed.
    #[must_use]
    pub fn limit(&self) -> Millis {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }
}
