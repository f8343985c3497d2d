//! What nodes and labs can be equipped with, as cases and the command line name it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A lock that keeps two guests from using one disk.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// QEMU's own locks on the image's file.
    Image,
    /// The lock that libvirt's virtlockd holds on the image's file.
    Virtlockd,
    /// The lease on the image that libvirt takes from sanlock.
    Sanlock,
    /// QEMU's own locks on an image that each node has for itself, so that a migration has to copy it.
    OwnImage,
}

/// How the nodes' libvirt daemons reach each other.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Plain TCP: `qemu+tcp://NODE/system`.
    #[default]
    Tcp,
    /// TLS, with certificates on both sides: `qemu+tls://NODE/system`.
    Tls,
    /// A secure shell, with a key of root's: `qemu+ssh://NODE/system`.
    Ssh,
}

impl Transport {
    /// As a URI of libvirt has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ssh => "ssh",
        }
    }

    /// The port that a node listens on for it, by default.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Tcp => 16509,
            Self::Tls => 16514,
            Self::Ssh => 22,
        }
    }
}

/// Which daemons libvirt has on a node.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Daemons {
    /// One for everything, libvirtd.
    Single,
    /// One for each of its parts: virtqemud for the guests, virtproxyd for other nodes.
    Modular,
}
