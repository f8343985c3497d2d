//! The hidden subcommands: what this program does when a lab calls it.

use serde::{Deserialize, Serialize};

use super::setup::NodeSetup;
use crate::equipment::PartId;

/// A hidden subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Be a lab's first process.
    LabInit,
    /// Be a node's first process.
    NodeInit,
    /// Start the daemons of a part of the equipment in this node.
    StartPart,
    /// Become the daemon of a part.
    BecomePart,
    /// Raise a node on this machine, for a harness on another one.
    Relay,
    /// Keep a lab up until standard input ends: for tests that kill the harness.
    HoldLab,
}

impl Hidden {
    const ALL: [Self; 6] = [
        Self::LabInit,
        Self::NodeInit,
        Self::StartPart,
        Self::BecomePart,
        Self::Relay,
        Self::HoldLab,
    ];

    /// Its word on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::LabInit => "__lab-init",
            Self::NodeInit => "__node-init",
            Self::StartPart => "__start-part",
            Self::BecomePart => "__become-part",
            Self::Relay => "__relay",
            Self::HoldLab => "__hold-lab",
        }
    }

    /// The subcommand that a word names.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hidden| hidden.word() == word)
    }
}

/// The argument of a part's subcommands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PartCall {
    /// The part.
    pub(crate) part: PartId,
    /// The node that it is in.
    pub(crate) node: NodeSetup,
}

impl PartCall {
    pub(crate) fn new(part: PartId, node: &NodeSetup) -> Self {
        let node = node.clone();
        Self { part, node }
    }

    /// As an argument of the subcommand, in JSON.
    pub(crate) fn argument(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
