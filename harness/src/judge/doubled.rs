use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::{Moment, NodeName};

/// When, and where, two instances of the guest ran at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubled {
    /// When the second one is first known to run beside the other.
    pub from: Moment,
    /// The last moment at which both are known to run.
    pub to: Moment,
    /// The nodes that they ran on: two, or one with both.
    pub nodes: BTreeSet<NodeName>,
}

impl Doubled {
    /// The span between two moments on these nodes.
    pub(super) fn new<'a>(
        from: Moment,
        to: Moment,
        nodes: impl IntoIterator<Item = &'a NodeName>,
    ) -> Self {
        Self {
            from,
            to: to.max(from),
            nodes: nodes.into_iter().cloned().collect(),
        }
    }
}
