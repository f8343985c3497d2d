//! What must be there for a case to run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Feature, LabKind};
use crate::equipment::{Cluster, Containers, Daemons, Equipment, FenceDaemon, Lock, Transport};
use crate::ocf::{Dialect, Verb};

/// A parameter of the agent by what it is for; the profile knows the agent's own name for it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The path of the domain's configuration file.
    Config,
    /// The hypervisor's URI.
    Hypervisor,
    /// The migration's transport.
    Transport,
    /// A number that bounds a migration's speed.
    Bandwidth,
    /// End the guest at once, without asking it first.
    ForceStop,
    /// How the guest is asked to shut down.
    ShutdownMode,
    /// For how many seconds stop waits for a guest that was asked, before it destroys it; 0 for not at all.
    ShutdownTimeout,
    /// A script that monitor runs inside its verdict.
    MonitorScript,
    /// Where the guest's memory is dumped before a crashed guest is destroyed.
    DumpDirectory,
    /// Write the live configuration back to the configuration file at stop.
    SaveConfig,
    /// The same, and then send the file to the other nodes.
    SyncConfig,
    /// Where the guest's memory is saved at stop instead of shutting it down.
    SaveDirectory,
    /// Bring up the networks and storage pools that the definition names before the guest is started.
    StartResources,
    /// An image that each guest gets a copy-on-write image of its own over.
    BackingFile,
    /// More options of the migration, as virsh spells them.
    MigrateOptions,
    /// The attribute of a cluster's node that holds the address by which migrations reach it.
    AddressAttribute,
    /// Write what the guest takes into the cluster's configuration, as its utilization.
    Utilization,
    /// Share the node's memory out among its guests.
    ManageMemory,
    /// libvirt's URIs of the nodes, with blanks between them: whom start asks for the guest first.
    Peers,
    /// The guest's name. Agents that have it are told the name that the configuration file gives, unless a case takes it
    /// away; then they read the file.
    Name,
    /// Never destroy a guest that does not end when it is asked to.
    NoKill,
    /// The names by which migrations reach the nodes, as `member:target,member:target`.
    NodeMapping,
}

/// What interprets agents that begin with `#!/bin/sh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shell {
    /// Debian's and Ubuntu's own.
    Dash,
    /// In its POSIX mode, as on most other distributions.
    Bash,
    /// Its `ash`, as on small systems.
    Busybox,
}

/// A family of dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// OCF's, whatever the version, as Pacemaker speaks it.
    Ocf,
    /// rgmanager's.
    Rgmanager,
}

impl Family {
    /// Whether that dialect is one of them.
    #[must_use]
    pub const fn has(self, dialect: Dialect) -> bool {
        match self {
            Self::Ocf => matches!(dialect, Dialect::Ocf10 | Dialect::Ocf11),
            Self::Rgmanager => matches!(dialect, Dialect::Rgmanager),
        }
    }
}

/// What must be there for a case to run; what is lacking skips it, before anything runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Needs {
    /// The dialects whose agents are asked; unless said those of all resource agents.
    pub dialect: Option<Family>,
    /// How many nodes: 1 or 2.
    pub nodes: u8,
    /// Which lab.
    pub lab: LabKind,
    /// The lock that works on a disk of the subject; without it no disk of it has any.
    pub lock: Option<Lock>,
    /// How the nodes' libvirt daemons reach each other, by this alone. The agent is told of it, so its profile must name
    /// a parameter for that where it is not `tcp`.
    pub transport: Transport,
    /// libvirt's daemons on the nodes; what the machine has unless said.
    pub daemons: Option<Daemons>,
    /// The cluster that the nodes are members of; none unless said, and none of its programs either.
    pub cluster: Option<Cluster>,
    /// The daemons on the nodes that end guests for fence agents; those that the agent's profile names unless said.
    pub fence: Option<FenceDaemon>,
    /// What runs containers on the nodes; the agent's engine says it, never a case.
    #[serde(skip)]
    pub containers: Option<Containers>,
    /// What `/bin/sh` is while the agent runs; the machine's own unless said.
    pub shell: Option<Shell>,
    /// Whether guests must be able to move by post-copy, which not every kernel and user may let them.
    pub post_copy: bool,
    /// Whether a copy must be able to go on for as long as the guest writes. Xen ends it after five rounds.
    pub endless_copy: bool,
    /// Whether a folder of a node must be able to hang, which takes FUSE.
    pub hanging_folder: bool,
    /// Whether the agent must be able to see the guest's emulator, as a process or by asking it. On Xen it cannot.
    pub sees_emulator: bool,
    /// Whether the agent must be able to ask for a file of the other node, as it can ask libvirt there. Without libvirt that
    /// takes ssh, which the lab's nodes do not have.
    pub sees_files_there: bool,
    /// Whether the power of the nodes' machines must be to cut: only where an inventory says how.
    pub power: bool,
    /// Actions that the agent's metadata must advertise.
    pub actions: Vec<Verb>,
    /// Actions that they must not advertise: what is demanded of an agent that does not have them.
    pub lacks_actions: Vec<Verb>,
    /// Parameters that the profile must name.
    pub roles: Vec<Role>,
    /// Features that the profile must list.
    pub features: Vec<Feature>,
    /// Tools, such as `virsh`, that the profile must say the agent uses: a shim is shown to the agent in the place of each,
    /// whether the agent goes by its search path, by one of its own, or by the tool's file.
    pub tools: Vec<String>,
}

impl Default for Needs {
    fn default() -> Self {
        Self {
            dialect: None,
            nodes: 1,
            lab: LabKind::Qemu,
            lock: None,
            transport: Transport::Tcp,
            daemons: None,
            cluster: None,
            fence: None,
            containers: None,
            shell: None,
            post_copy: false,
            endless_copy: false,
            hanging_folder: false,
            sees_emulator: false,
            sees_files_there: false,
            power: false,
            actions: Vec::new(),
            lacks_actions: Vec::new(),
            roles: Vec::new(),
            features: Vec::new(),
            tools: Vec::new(),
        }
    }
}

impl Needs {
    /// The same needs and those of an agent's own: where both name a part of a kind, the case's counts.
    #[must_use]
    pub fn with(&self, own: &Equipment) -> Self {
        let transport = match self.transport {
            Transport::Tcp => own.transport,
            other => other,
        };
        Self {
            lock: self.lock.or(own.lock),
            transport,
            daemons: self.daemons.or(own.daemons),
            cluster: self.cluster.or(own.cluster),
            fence: self.fence.or(own.fence),
            containers: self.containers.or(own.containers),
            ..self.clone()
        }
    }
}

impl From<&Needs> for Equipment {
    fn from(needs: &Needs) -> Self {
        Self {
            lock: needs.lock,
            transport: needs.transport,
            daemons: needs.daemons,
            cluster: needs.cluster,
            fence: needs.fence,
            containers: needs.containers,
        }
    }
}
