//! What the inside of a lab and the harness agree on: what is to be built, and where it is found.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::equipment::Equipment;

/// What goes wrong inside the lab is a line of text for the harness.
pub(crate) type LabResult<T> = Result<T, String>;

/// The name of the subject's disk, of its socket and of its log.
pub(crate) const SUBJECT: &str = "subject";

/// The name of a bystander's disk, of its socket and of its log.
pub(crate) const BYSTANDER: &str = "bystander";

/// Where the lab's tmpfs is mounted in the lab's own mount namespace; nodes cover it with their own.
pub(crate) const HOME: &str = "/run";

/// The folder of the lab's tmpfs that every node sees as /run/vrt/shared.
pub(crate) const SHARED: &str = "shared";

/// The folder of the lab's tmpfs for sockets that lead to other machines.
pub(crate) const LINKS: &str = "links";

/// The folder of the lab's tmpfs with the keys that all nodes share.
pub(crate) const KEYS: &str = "keys";

/// The folder of a node's own in which it sees its part of the lab.
pub(crate) const VISIBLE: &str = "/run/vrt";

/// The guests' firmware, in each node's own folder: a guest that migrates finds it at the same path.
pub(crate) const FIRMWARE: &str = "guest.rom";

/// The subject's disk that a lock is on: in the shared folder, or in each node's own.
pub(crate) const LOCKED_DISK: &str = "locked.img";

/// The bridge's port to the nodes on other machines; whoever brings several machines together makes it.
pub(crate) const UPLINK: &str = "uplink";

/// The same of the cluster's bridge.
pub(crate) const CLUSTER_UPLINK: &str = "ring-uplink";

/// Folders of the locale that knows all characters and no country, as glibc's packages spell it.
pub(crate) const UNICODE: [&str; 2] = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"];

/// The agents, and then what they read of their own package while they run.
pub(crate) const PACKAGED: [&str; 4] = [
    "/usr/lib/ocf",
    "/usr/libexec/heartbeat",
    "/usr/lib/heartbeat",
    "/usr/share/resource-agents",
];

/// The folders of a node that are its own: their place in its home, their place in the node, mode.
///
/// They are libvirt's, those for everybody, and those that agents of this world write to, by what ocf-shellfuncs and
/// agents in the field do: logs, caches, and what heartbeat and Pacemaker keep.
pub(crate) const OWN_FOLDERS: [(&str, &str, u32); 12] = [
    // Before those of libvirt's that lie in them.
    ("var-log", "/var/log", 0o755),
    ("var-cache", "/var/cache", 0o755),
    ("heartbeat", "/var/lib/heartbeat", 0o755),
    ("pacemaker", "/var/lib/pacemaker", 0o755),
    ("libvirt-etc", "/etc/libvirt", 0o755),
    ("libvirt-lib", "/var/lib/libvirt", 0o755),
    ("libvirt-log", "/var/log/libvirt", 0o755),
    ("libvirt-cache", "/var/cache/libvirt", 0o755),
    ("tmp", "/tmp", 0o1777),
    ("var-tmp", "/var/tmp", 0o1777),
    ("shm", "/dev/shm", 0o1777),
    // The last to be bound: it covers the lab's tmpfs, where all of these lie.
    ("run", "/run", 0o755),
];

/// What the lab's first process has to build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LabSetup {
    /// The nodes, in the order of their addresses.
    pub(crate) nodes: Vec<NodeSetup>,
    /// What of it is built here.
    pub(crate) part: Part,
    /// The folder of the machine that holds unpacked packages, which are shown in the place of the machine's own.
    pub(crate) packages: Option<PathBuf>,
    /// The folder of the machine with the keys that were made where the disks are; where it is none they are made here.
    pub(crate) keys: Option<PathBuf>,
}

/// What of a lab is built on one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The disks of all nodes.
    Store,
    /// The node of that name; its disks are elsewhere.
    Node(String),
}

impl LabSetup {
    /// The nodes that are raised here.
    pub(crate) fn raised(&self) -> impl Iterator<Item = &NodeSetup> {
        self.nodes.iter().filter(|node| match &self.part {
            Part::Whole => true,
            Part::Store => false,
            Part::Node(name) => node.name == *name,
        })
    }

    /// The address of the switch, from which the nodes are tried: machines that share a network need one each.
    pub(crate) fn switch_address(&self) -> String {
        let raised = |node: &NodeSetup| Part::Node(node.name.clone()) == self.part;
        let node = self.nodes.iter().find(|node| raised(node));
        let last = node.map_or(254, |node| 254 - node.number);
        format!("{}/{NETWORK_BITS}", address(last))
    }

    /// What the nodes are equipped with, all alike.
    pub(crate) fn equipment(&self) -> Equipment {
        self.nodes
            .first()
            .map(|node| node.equipment)
            .unwrap_or_default()
    }

    /// The nodes whose disks are served here.
    pub(crate) fn served(&self) -> &[NodeSetup] {
        match self.part {
            Part::Whole | Part::Store => &self.nodes,
            Part::Node(_) => &[],
        }
    }
}

/// One node of the lab.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NodeSetup {
    /// Its host name.
    pub(crate) name: String,
    /// Its number, from 1: its address, its host UUID and its hardware address follow from it.
    pub(crate) number: u8,
    /// What it is equipped with.
    pub(crate) equipment: Equipment,
    /// Whether it is raised by itself, on a machine of its own: what takes the other nodes is started later.
    pub(crate) alone: bool,
    /// Paths in folders that the node covers which stay visible in it.
    pub(crate) show: Vec<PathBuf>,
    /// Folders of the machine that are laid over places of the node.
    pub(crate) laid_over: Vec<LaidOver>,
}

/// A folder of this machine that the nodes see in a place, together with what the machine has there, and read-only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidOver {
    /// The folder.
    pub folder: PathBuf,
    /// The place.
    pub place: PathBuf,
}

impl NodeSetup {
    /// The node's folder in the lab's tmpfs.
    pub(crate) fn home(&self) -> PathBuf {
        Path::new(HOME).join("nodes").join(&self.name)
    }

    /// Its address on the lab's bridge.
    pub(crate) fn address(&self) -> Ipv4Addr {
        address(self.number)
    }

    /// Its address on the cluster's bridge.
    pub(crate) fn cluster_address(&self) -> Ipv4Addr {
        cluster_address(self.number)
    }

    /// What its libvirtd calls its host, since two daemons of one host refuse to migrate.
    pub(crate) fn host_uuid(&self) -> String {
        format!("1ab00000-0000-4000-8000-{:012}", self.number)
    }

    /// The hardware address of its network device.
    pub(crate) fn hardware(&self) -> String {
        format!("{HARDWARE}{:02x}", self.number)
    }

    /// The hardware address of its network device in the cluster's network.
    pub(crate) fn cluster_hardware(&self) -> String {
        format!("52:54:00:00:03:{:02x}", self.number)
    }
}

/// What the hardware addresses of the nodes' network devices begin with.
pub(crate) const HARDWARE: &str = "52:54:00:00:02:";

/// The network of every lab's bridge. Source: RFC 5737, TEST-NET-1.
pub(crate) const NETWORK: &str = "192.0.2.0/24";

/// How many bits of an address name the network.
pub(crate) const NETWORK_BITS: u8 = 24;

/// The address of that number in the lab's network.
const fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, number)
}

/// The address of that number in the cluster's network. Source: RFC 5737, TEST-NET-2.
const fn cluster_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(198, 51, 100, number)
}
