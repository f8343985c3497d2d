use std::collections::BTreeMap;

use serde::Deserialize;

use super::CaseError;
use super::mistake::SourceText;
use super::typed::read_typed;

/// The faulty agents of one kind by their names, each with the cases that catch it: ids, or with `*` at its end the
/// beginning of several.
pub type CaughtBy = BTreeMap<String, Vec<String>>;

/// Which cases catch each faulty agent, as the agents' own files say and as was measured: `cases/quick.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Catches(pub BTreeMap<String, CaughtBy>);

impl Catches {
    /// Whether nothing is known of any faulty agent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faulty agents of that kind, if there are any.
    #[must_use]
    pub fn of(&self, kind: &str) -> Option<&CaughtBy> {
        self.0.get(kind)
    }

    pub(crate) fn from_source(source: &SourceText) -> Result<Self, CaseError> {
        Ok(Self(read_typed(source)?))
    }
}
