//! A harm done to the lab: how a case writes it, and what the suite must know of it beside how it is done.
//!
//! A new fault is a variant with its kind and its line in [`Fault::facts`], and a file in `drive/fault`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClusterDaemon, ConfigForm, FencingDo, Millis, NetworkDo};
use crate::equipment::PartFault;
use crate::history::{FaultName, NodeName};

/// A harm done to the lab; each is undone at the end of the case at the latest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Harm the hypervisor's daemon.
    Daemon {
        /// Where.
        node: NodeName,
        /// What.
        #[serde(rename = "do")]
        what: DaemonDo,
    },
    /// Harm the subject's emulator process.
    Emulator {
        /// Where.
        node: NodeName,
        /// What.
        #[serde(rename = "do")]
        what: Pause,
    },
    /// Rewrite the configuration file.
    Config {
        /// Where.
        node: NodeName,
        /// The form it takes.
        form: ConfigForm,
    },
    /// Let a tool give these answers, through the shim.
    Tool {
        /// Where.
        node: NodeName,
        /// The tool.
        name: String,
        /// The answers, tried in their order; a call that none fits goes to the real tool.
        answers: Vec<ToolAnswer>,
    },
    /// Harm the network between the nodes.
    Network(NetworkDo),
    /// Take all room in the folders of a node away: /run, /tmp, /etc/libvirt and the like.
    Full(NodeName),
    /// Let the folder with the configuration hang on a node: who opens, reads or lists anything in it waits until it is
    /// killed.
    Folder(NodeName),
    /// Lose a node, as far as the subject goes: its emulator, libvirtd and the lock's daemon are killed at
    /// once, and the network is cut. The bystander stays.
    Lost {
        /// Which one.
        node: NodeName,
    },
    /// Cut the power of a node's machine: all that it ran ends at once, its bystander too. Given back, it boots, and the
    /// node comes up anew: what lay in folders of its own is gone.
    Power(NodeName),
    /// End sanlock on a node by force: whoever has a lease there loses it, and is killed for that.
    Lease(NodeName),
    /// Harm the subject's disk on a node.
    Disk {
        /// Where.
        node: NodeName,
        /// What.
        #[serde(rename = "do")]
        what: DiskDo,
    },
    /// Harm a daemon of the cluster.
    Pacemaker {
        /// Where.
        node: NodeName,
        /// Which one.
        daemon: ClusterDaemon,
        /// What: one that was killed comes back by itself, where Pacemaker starts it again.
        #[serde(rename = "do")]
        what: Pause,
    },
    /// Harm the daemon that ends guests for fence agents.
    FenceDaemon {
        /// Where.
        node: NodeName,
        /// What.
        #[serde(rename = "do")]
        what: Pause,
    },
    /// Harm the device that fences a node.
    Fencing {
        /// The node that it is to fence.
        node: NodeName,
        /// What.
        #[serde(rename = "do")]
        what: FencingDo,
        /// How much longer it takes, where it is slow.
        #[serde(default, rename = "for")]
        span: Option<Millis>,
    },
}

/// What a fault harms, by the fault's key in a case file.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The hypervisor's daemon.
    Daemon,
    /// The subject's emulator process.
    Emulator,
    /// The configuration file.
    Config,
    /// A tool that the agent calls.
    Tool,
    /// The network between the nodes.
    Network,
    /// The room in the folders of a node.
    Full,
    /// The folder with the configuration.
    Folder,
    /// A whole node, as far as the subject goes.
    Lost,
    /// The power of a node's machine.
    Power,
    /// The leases of a node.
    Lease,
    /// The subject's disk.
    Disk,
    /// A daemon of the cluster.
    Pacemaker,
    /// The daemon that ends guests for fence agents.
    FenceDaemon,
    /// The device that fences a node.
    Fencing,
}

impl FaultKind {
    /// The fault's key in a case file, by which `heal` names it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Emulator => "emulator",
            Self::Config => "config",
            Self::Tool => "tool",
            Self::Network => "network",
            Self::Full => "full",
            Self::Folder => "folder",
            Self::Lost => "lost",
            Self::Power => "power",
            Self::Lease => "lease",
            Self::FenceDaemon => "fence_daemon",
            Self::Disk => "disk",
            Self::Pacemaker => "pacemaker",
            Self::Fencing => "fencing",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl From<FaultKind> for FaultName {
    fn from(kind: FaultKind) -> Self {
        Self(kind.key().to_owned())
    }
}

impl PartialEq<FaultKind> for FaultName {
    fn eq(&self, kind: &FaultKind) -> bool {
        self.0 == kind.key()
    }
}

/// What the suite must know of a fault beside how it is done.
struct Facts<'a> {
    kind: FaultKind,
    node: &'a NodeName,
    /// The key below which the case names the node; none where that is all that the fault says.
    node_key: Option<&'static str>,
    needs: &'static [FaultNeed],
}

/// What a fault needs, which not every lab or agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultNeed {
    /// A guest and a hypervisor that are real.
    RealGuest,
    /// The hypervisor is libvirt, whose daemon is harmed.
    LibvirtDaemon,
    /// The hypervisor is libvirt, which says whether the fault took effect.
    DomainState,
    /// The hypervisor is libvirt, which knows post-copy.
    PostCopy,
    /// A machine of its own for each node, or a cluster, whose fence device cuts a node off.
    Power,
    /// A folder that can hang.
    HangingFolder,
    /// A part of the lab's equipment that offers this fault.
    Part(PartFault),
    /// A cluster around the agent.
    Cluster,
}

impl Fault {
    /// A line for each fault.
    fn facts(&self) -> Facts<'_> {
        use FaultNeed::{
            Cluster, DomainState, HangingFolder, LibvirtDaemon, Part, PostCopy, Power, RealGuest,
        };
        let facts = |kind, node, node_key, needs| Facts {
            kind,
            node,
            node_key,
            needs,
        };
        match self {
            Self::Daemon { node, .. } => facts(
                FaultKind::Daemon,
                node,
                Some("node"),
                &[RealGuest, LibvirtDaemon],
            ),
            Self::Emulator { node, .. } => {
                facts(FaultKind::Emulator, node, Some("node"), &[RealGuest])
            }
            Self::Config { node, .. } => facts(FaultKind::Config, node, Some("node"), &[]),
            Self::Tool { node, .. } => facts(FaultKind::Tool, node, Some("node"), &[]),
            Self::Network(harm) => {
                let needs: &[_] = match harm {
                    NetworkDo::InterruptPostCopy(_) | NetworkDo::BreakPostCopy(_) => {
                        &[RealGuest, PostCopy]
                    }
                    NetworkDo::CutRing(_) => &[Cluster],
                    _ => &[RealGuest],
                };
                facts(FaultKind::Network, harm.node(), Some(harm.key()), needs)
            }
            Self::Full(node) => facts(FaultKind::Full, node, None, &[]),
            Self::Folder(node) => facts(FaultKind::Folder, node, None, &[HangingFolder]),
            Self::Lost { node } => facts(FaultKind::Lost, node, Some("node"), &[RealGuest]),
            Self::Power(node) => facts(FaultKind::Power, node, None, &[RealGuest, Power]),
            Self::Lease(node) => {
                let needs = &[RealGuest, Part(PartFault::LeaseLost)];
                facts(FaultKind::Lease, node, None, needs)
            }
            Self::FenceDaemon { node, what } => {
                let needs: &[_] = match what {
                    Pause::Freeze => &[Part(PartFault::FenceDaemonFrozen)],
                    Pause::Kill => &[Part(PartFault::FenceDaemonKilled)],
                };
                facts(FaultKind::FenceDaemon, node, Some("node"), needs)
            }
            Self::Disk { node, .. } => facts(
                FaultKind::Disk,
                node,
                Some("node"),
                &[RealGuest, DomainState],
            ),
            Self::Pacemaker { node, .. } => {
                facts(FaultKind::Pacemaker, node, Some("node"), &[Cluster])
            }
            Self::Fencing { node, .. } => facts(FaultKind::Fencing, node, Some("node"), &[Cluster]),
        }
    }

    /// What it harms, by which `heal` names it.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.facts().kind
    }

    /// The node that it is done to.
    #[must_use]
    pub fn node(&self) -> &NodeName {
        self.facts().node
    }

    /// The key below that of its kind at which the case names the node; none where the name is all that it says.
    #[must_use]
    pub fn node_key(&self) -> Option<&'static str> {
        self.facts().node_key
    }

    /// What it needs, which not every lab or agent has.
    #[must_use]
    pub fn needs(&self) -> &'static [FaultNeed] {
        self.facts().needs
    }

    /// How long those wait whom it hits, beyond what they themselves allow.
    #[must_use]
    pub const fn delays(&self) -> Millis {
        match self {
            Self::Network(_) => UNANSWERED,
            _ => Millis(0),
        }
    }
}

/// What a harmed network costs: libvirt gives a connection up after half a minute without an answer, and so does the
/// daemon at its other end.
const UNANSWERED: Millis = Millis(60_000);

/// What is done to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiskDo {
    /// Every request fails with an I/O error.
    Fail,
    /// No request is ever answered.
    Hang,
}

/// What is done to a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DaemonDo {
    /// End it and leave it ended.
    Stop,
    /// Kill it and leave it dead.
    Kill,
    /// Stop it by a signal: its socket accepts, nobody answers.
    Freeze,
    /// Kill it and start it again.
    Restart,
    /// Kill it, remove its record of the subject's running domain, and start it again.
    Forget,
    /// Kill it and start it as the first time after the node's boot: what is marked for autostart starts.
    Boot,
}

impl DaemonDo {
    /// Whether only libvirt's daemon can be done that: it starts anew under its guests.
    #[must_use]
    pub const fn is_of_libvirt(self) -> bool {
        match self {
            Self::Restart | Self::Forget | Self::Boot => true,
            Self::Stop | Self::Kill | Self::Freeze => false,
        }
    }
}

/// What is done to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// SIGSTOP.
    Freeze,
    /// SIGKILL.
    Kill,
}

/// One scripted answer of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolAnswer {
    /// Words that must all be among the call's arguments; none fits every call.
    #[serde(default)]
    pub when: Vec<String>,
    /// How many calls it answers before it is used up; all by default.
    #[serde(default)]
    pub times: Option<u32>,
    /// What it prints on standard output.
    #[serde(default)]
    pub stdout: String,
    /// What it prints on standard error.
    #[serde(default)]
    pub stderr: String,
    /// Its exit code.
    #[serde(default)]
    pub exit: u8,
    /// Whether it never ends.
    #[serde(default)]
    pub hangs: bool,
}
