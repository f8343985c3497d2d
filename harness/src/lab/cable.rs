use serde::{Deserialize, Serialize};

/// How a node's cable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cable {
    /// As at the lab's beginning.
    Whole,
    /// Pulled.
    Cut,
    /// The one to the cluster's network is pulled; that to the guests' stays as it is.
    RingCut,
    /// What is sent to the node is lost, and what it sends arrives.
    Deaf,
    /// What is sent to the node comes with a megabit a second, and in a slow lab with as much less as that is slower: what
    /// takes long there leaves as little of a migration as elsewhere.
    Slow,
}

impl Cable {
    /// Cuts all that a node has.
    pub(super) const ALL_CUT: [Self; 2] = [Self::Cut, Self::RingCut];
}
