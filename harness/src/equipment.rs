//! What nodes and labs can be equipped with, as cases and the command line name it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::word::word;

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

impl Lock {
    /// Whether a guest holds a lease that runs out when nobody renews it.
    #[must_use]
    pub const fn gives_leases(self) -> bool {
        matches!(self, Self::Sanlock)
    }
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

/// A cluster that the nodes are members of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cluster {
    /// Pacemaker over corosync.
    Pacemaker,
}

/// A daemon on every node that ends guests for fence agents.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FenceDaemon {
    /// fence_virtd that listens for multicasts and knows the guests of its own node.
    VirtdLibvirt,
    /// fence_virtd that listens for multicasts and hands requests on over the cluster's corosync.
    VirtdCpg,
}

/// What runs containers on the nodes, each of which has cgroups of its own for them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Containers {
    /// libvirt's LXC driver, `lxc:///system`. The bystanders are containers, too.
    Libvirt,
    /// LXC's own tools, such as `lxc-start`.
    Lxc,
}

/// What sets one lab apart from another: a case is given a lab that was built with what it needs.
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
#[serde(default, deny_unknown_fields)]
pub struct Equipment {
    /// The lock on a second disk of the subject, which it only has for that.
    pub lock: Option<Lock>,
    /// How the nodes' libvirt daemons reach each other: by this alone.
    pub transport: Transport,
    /// Those daemons, where they are not what their machine usually has.
    pub daemons: Option<Daemons>,
    /// The cluster that the nodes are members of.
    pub cluster: Option<Cluster>,
    /// The daemons that end guests for fence agents.
    pub fence: Option<FenceDaemon>,
    /// What runs containers on the nodes. An agent's engine says it.
    pub containers: Option<Containers>,
}

impl Equipment {
    /// The parts that it names.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        let lock = self.lock.map(PartId::Lock).into_iter();
        let daemons = self.daemons.map(PartId::Daemons);
        let cluster = self.cluster.map(PartId::Cluster);
        lock.chain(daemons)
            .chain(cluster)
            .chain(self.fence.map(PartId::Fence))
            .chain(self.containers.map(PartId::Containers))
            .chain([PartId::Transport(self.transport)])
    }

    /// Whether a part that it names offers that fault.
    #[must_use]
    pub fn offers(&self, fault: PartFault) -> bool {
        self.parts().any(|part| part.offers(fault))
    }

    /// Whether it names that part.
    #[must_use]
    pub fn names(&self, part: PartId) -> bool {
        self.parts().any(|named| named == part)
    }
}

/// One part of a lab's equipment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PartId {
    /// A lock on the subject's disk.
    Lock(Lock),
    /// A way between the nodes' libvirt daemons.
    Transport(Transport),
    /// A kind of libvirt's daemons.
    Daemons(Daemons),
    /// A cluster of the nodes.
    Cluster(Cluster),
    /// Daemons that end guests for fence agents.
    Fence(FenceDaemon),
    /// What runs containers.
    Containers(Containers),
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock(lock) => write!(f, "the lock `{}`", word(lock)),
            Self::Transport(transport) => write!(f, "the transport `{}`", transport.word()),
            Self::Daemons(daemons) => write!(f, "{} libvirt daemons", word(daemons)),
            Self::Cluster(cluster) => write!(f, "the cluster `{}`", word(cluster)),
            Self::Fence(daemon) => write!(f, "the fence daemon `{}`", word(daemon)),
            Self::Containers(kind) => write!(f, "containers of `{}`", word(kind)),
        }
    }
}

/// A fault that only some parts offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartFault {
    /// A node loses the lease on the subject's disk while its guest runs.
    LeaseLost,
    /// A node's fence daemon hangs.
    FenceDaemonFrozen,
    /// A node's fence daemon is killed.
    FenceDaemonKilled,
}

impl PartId {
    /// Whether it offers that fault.
    #[must_use]
    pub const fn offers(self, fault: PartFault) -> bool {
        match fault {
            PartFault::LeaseLost => matches!(self, Self::Lock(lock) if lock.gives_leases()),
            PartFault::FenceDaemonFrozen | PartFault::FenceDaemonKilled => {
                matches!(self, Self::Fence(_))
            }
        }
    }
}
