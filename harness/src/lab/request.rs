//! What the harness asks a lab's first process for, and what it answers: JSON, a line each.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::cable::Cable;
use super::disk_harm::DiskHarm;
use crate::history::NodeName;

/// A request to a lab's first process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LabRequest {
    /// Plug the uplinks to other machines into the bridges.
    PlugInUplinks,
    /// Harm a node's cable, or mend it, in a lab that is so many times slower than usual.
    Cable {
        node: NodeName,
        cable: Cable,
        pace: u32,
    },
    /// Harm the server of a node's subject disk, or mend it.
    Disk { node: NodeName, harm: DiskHarm },
    /// Take all room in a node's own folders away, or give it back.
    Room { node: NodeName, is_there: bool },
    /// Remember which files the nodes have: those of the lab's beginning.
    RememberFiles,
    /// Remove every file that the nodes did not have at the beginning.
    RestoreFiles,
    /// Compare a node's files with those of the beginning.
    ChangedFiles { node: NodeName },
    /// Write the nodes' configuration files anew.
    Configure,
    /// Connect to every node over the lab's network.
    Reach,
    /// Write the disks anew.
    RenewDisks,
}

/// Who carries out a request in a lab whose nodes are on other machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// The process that has the disks.
    Store,
    /// Those of all nodes.
    Nodes,
    /// That of one node.
    Node(&'a NodeName),
    /// Those of all nodes, and then the one that has the disks.
    All,
}

impl LabRequest {
    /// Who carries it out.
    pub(crate) const fn target(&self) -> Target<'_> {
        match self {
            Self::Disk { .. } => Target::Store,
            Self::Cable { node, .. } | Self::Room { node, .. } | Self::ChangedFiles { node } => {
                Target::Node(node)
            }
            Self::PlugInUplinks
            | Self::RememberFiles
            | Self::RestoreFiles
            | Self::Configure
            | Self::Reach => Target::Nodes,
            Self::RenewDisks => Target::All,
        }
    }
}

impl fmt::Display for LabRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlugInUplinks => f.write_str("plug in the uplinks"),
            Self::Cable { node, .. } => write!(f, "change the cable of node {node}"),
            Self::Disk { node, .. } => write!(f, "change the disk server of node {node}"),
            Self::Room { node, .. } => write!(f, "change the room on node {node}"),
            Self::RememberFiles => f.write_str("remember the files"),
            Self::RestoreFiles => f.write_str("restore the files"),
            Self::ChangedFiles { node } => write!(f, "compare the files of node {node}"),
            Self::Configure => f.write_str("write the configuration files"),
            Self::Reach => f.write_str("connect to the nodes"),
            Self::RenewDisks => f.write_str("renew the disks"),
        }
    }
}

/// What a lab's first process answers to a request that it has carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LabAnswer {
    /// The files that came or went, by their paths in the node, where it was asked for them.
    pub(crate) changed_files: Vec<String>,
}
