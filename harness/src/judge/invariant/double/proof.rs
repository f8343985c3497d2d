use std::collections::BTreeSet;

use crate::history::{Moment, NodeName};

/// When, and where, two instances of the guest ran at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubled {
    /// When the second one is first known to run beside the other.
    pub from: Moment,
    /// The last moment at which both are known to run.
    pub to: Moment,
    /// The nodes that they ran on: two, or one with both.
    pub nodes: BTreeSet<NodeName>,
}

/// What proves that two instances ran at once.
pub(super) struct Proof {
    /// When the proof was complete.
    pub(super) at: Moment,
    pub(super) seen: String,
    pub(super) span: Doubled,
}

/// The span between two moments on these nodes.
pub(super) fn doubled<'a>(
    from: Moment,
    to: Moment,
    nodes: impl IntoIterator<Item = &'a NodeName>,
) -> Doubled {
    Doubled {
        from,
        to: to.max(from),
        nodes: nodes.into_iter().cloned().collect(),
    }
}
