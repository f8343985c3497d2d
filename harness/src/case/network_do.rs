use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::NodeName;

/// What is done to the network, and to which node's end of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NetworkDo {
    /// Nothing reaches the node, and nothing comes from it.
    Cut(NodeName),
    /// The same in the cluster's own network alone: the guests' network stays whole.
    CutRing(NodeName),
    /// Nothing reaches the node; what it sends arrives.
    Deafen(NodeName),
    /// What is sent to the node comes with a megabit a second; in a slow lab with as much less as that is slower.
    Slow(NodeName),
    /// Every connection of the node with others is reset, once; new ones may be made.
    Reset(NodeName),
    /// Nothing reaches the node, and nothing comes from it, in the middle of a post-copy to it, which libvirt of the source
    /// has not noticed.
    InterruptPostCopy(NodeName),
    /// A post-copy to the node loses its network for good: nothing reaches the node, nothing comes from it, and its
    /// connections end, until libvirt of both nodes says that the post-copy failed. That takes half a minute.
    BreakPostCopy(NodeName),
}

impl NetworkDo {
    /// The node.
    #[must_use]
    pub const fn node(&self) -> &NodeName {
        match self {
            Self::Cut(node)
            | Self::CutRing(node)
            | Self::Deafen(node)
            | Self::Slow(node)
            | Self::Reset(node)
            | Self::InterruptPostCopy(node)
            | Self::BreakPostCopy(node) => node,
        }
    }

    /// Its key in a case file, such as `cut`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Cut(_) => "cut",
            Self::CutRing(_) => "cut_ring",
            Self::Deafen(_) => "deafen",
            Self::Slow(_) => "slow",
            Self::Reset(_) => "reset",
            Self::InterruptPostCopy(_) => "interrupt_post_copy",
            Self::BreakPostCopy(_) => "break_post_copy",
        }
    }
}
