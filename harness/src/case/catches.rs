use std::collections::BTreeMap;

use serde::Deserialize;

use super::CaseError;
use super::mistake::SourceText;
use super::typed::read_typed;

/// Which cases catch each faulty agent, as the agents' own files say: `cases/quick.yaml`.
///
/// Cases are ids, or with `*` at its end the beginning of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catches {
    /// The faulty resource agents, by their names.
    #[serde(default)]
    pub resource: BTreeMap<String, Vec<String>>,
    /// The faulty fence agents, by their names.
    #[serde(default)]
    pub fence: BTreeMap<String, Vec<String>>,
}

impl Catches {
    /// Whether nothing is known of any faulty agent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resource.is_empty() && self.fence.is_empty()
    }

    pub(crate) fn from_source(source: &SourceText) -> Result<Self, CaseError> {
        Ok(read_typed(source)?)
    }
}
