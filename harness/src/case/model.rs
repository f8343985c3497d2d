use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Fault, Step};
use crate::history::{Daemons, Lock, NodeName, Transport};

/// A case's id: folder, file and row, such as `monitor::state-mapping::crashed`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl CaseId {
    /// The name of the folder of its results: `monitor-state-mapping-crashed`.
    #[must_use]
    pub fn folder(&self) -> String {
        self.0.replace("::", "-")
    }
}

/// The id of a demand in the register `cases/clauses.yaml`, such as `STOP-06`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct ClauseId(pub String);

/// How strong a demand is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its choice is reported; only the extremes that the case names fail.
    May,
    /// Not meeting it is a warning.
    Should,
    /// Not meeting it is a failure.
    Must,
}

/// A span of time in milliseconds; a case writes `250ms`, `10s`, `2m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

/// The most that an agent gets of a timeout which it advertises and a case cuts short: where it asks for hours, an action
/// that hangs would else never come to a finding.
pub const PATIENCE: Millis = Millis(180_000);

/// One value, or a list of at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

/// Which lab a case needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabKind {
    /// Nodes with a libvirtd and real guests.
    #[default]
    Qemu,
    /// libvirt's test driver: any domain state can be shown, nothing can be changed for good.
    Driver,
}

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
    /// libvirt's URIs of the nodes, with blanks between them: whom start asks for the guest first.
    Peers,
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

/// Something an agent can do that its metadata does not tell.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// It manages libvirt domains of any driver, the test driver too.
    TestDriver,
}

/// What must be there for a case to run; what is lacking skips it, before anything runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Needs {
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
    /// What `/bin/sh` is while the agent runs; the machine's own unless said.
    pub shell: Option<Shell>,
    /// Whether guests must be able to move by post-copy, which not every kernel and user may let them.
    pub post_copy: bool,
    /// Whether a folder of a node must be able to hang, which takes FUSE.
    pub hanging_folder: bool,
    /// Whether the power of the nodes' machines must be to cut: only where an inventory says how.
    pub power: bool,
    /// Actions that the agent's metadata must advertise.
    pub actions: Vec<String>,
    /// Actions that they must not advertise: what is demanded of an agent that does not have them.
    pub lacks_actions: Vec<String>,
    /// Parameters that the profile must name.
    pub roles: Vec<Role>,
    /// Features that the profile must list.
    pub features: Vec<Feature>,
    /// Tools, such as `virsh`, that the profile must say the agent uses: they are put under the shim.
    pub tools: Vec<String>,
}

impl Default for Needs {
    fn default() -> Self {
        Self {
            nodes: 1,
            lab: LabKind::Qemu,
            lock: None,
            transport: Transport::Tcp,
            daemons: None,
            shell: None,
            post_copy: false,
            hanging_folder: false,
            power: false,
            actions: Vec::new(),
            lacks_actions: Vec::new(),
            roles: Vec::new(),
            features: Vec::new(),
            tools: Vec::new(),
        }
    }
}

/// The world that a case begins in, for one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GivenState {
    /// No domain, no definition.
    Absent,
    /// Started by the agent's own `start`, and writing.
    Running,
    /// Started by the agent, then suspended by the operator.
    Paused,
    /// Started by the agent, then panicked and preserved.
    Crashed,
    /// Started by the agent, then asleep in S3.
    Pmsuspended,
    /// Started by hand through libvirt, without the agent.
    Outside,
    /// A persistent definition that is shut off.
    Shutoff,
    /// A persistent definition that is shut off and marked for autostart.
    Autostart,
    /// A persistent definition with a managed-save image.
    Managedsave,
    /// Driver lab: `VIR_DOMAIN_NOSTATE`.
    Nostate,
    /// Driver lab: `VIR_DOMAIN_BLOCKED`.
    Blocked,
    /// Driver lab: `VIR_DOMAIN_SHUTDOWN`.
    Shutdown,
    /// An older persistent definition that is shut off: it names a disk that is not there.
    Outdated,
}

/// How the domain's configuration file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfigForm {
    /// As `virsh dumpxml` writes it of a running domain: indented, `<name>` alone on its line, with its id, aliases,
    /// addresses and a label.
    #[default]
    Plain,
    /// The whole document on one line.
    OneLine,
    /// A comment follows `</name>` on its line.
    Commented,
    /// A `<name>` of something else stands in `<metadata>`, on a line of its own.
    SecondName,
    /// The file's path has a space in it.
    SpacedPath,
    /// The file's path has dots before its last component.
    DottedPath,
    /// The file is not there.
    Missing,
    /// The file is there, but is empty.
    Empty,
    /// The file ends in the middle.
    Truncated,
    /// The file is there, but cannot be read.
    Unreadable,
    /// The file names a disk that is not there.
    MissingDisk,
    /// The domain's name is the number that is the bystander's libvirt id.
    NameIsId,
    /// The domain's name is the bystander's UUID.
    NameIsUuid,
    /// The file lies where libvirt keeps its own, under the name that libvirt would give it.
    InLibvirt,
    /// The file names a network that is not there.
    MissingNetwork,
    /// The file has the password of a console in it, and none but its owner may read it.
    Secret,
    /// The file gives no UUID, so its name alone says which guest is meant. Only for a guest that was started by hand, which
    /// has the suite's UUID all the same: the witness would not know the one that a start makes up.
    NoUuid,
    /// The file's lines end as on Windows.
    Crlf,
    /// The file begins with a byte order mark and a declaration.
    Bom,
    /// The name is a CDATA section, with a comment beside it.
    Cdata,
    /// The name is an entity that the file declares.
    Entity,
    /// A commented-out definition, with a name and a UUID, stands before the domain.
    CommentedOut,
    /// A metadata element with a name, a UUID and a namespace of its own stands before the domain's name.
    MetadataFirst,
    /// The file's own name has nothing to do with the guest's.
    OtherFileName,
    /// The guest's name has blanks within it and around it.
    BlankName,
    /// The guest's name has quotes, a dollar sign and an ampersand in it.
    QuotedName,
    /// The guest's name looks like an option of a program.
    DashedName,
    /// The guest's name has letters that are not ASCII.
    UnicodeName,
    /// The firmware is a flash device whose variables are in a file of their own, as with UEFI.
    Nvram,
}

/// The world at the start of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// Node `a`.
    pub a: Option<GivenState>,
    /// Node `b`.
    pub b: Option<GivenState>,
    /// How the configuration file is written, on every node, before the agent first runs.
    pub config: ConfigForm,
    /// How the guest behaves from its boot.
    pub guest: Option<super::GuestDo>,
    /// Nodes on which a foreign domain of the subject's name, with another UUID, runs.
    pub stranger: Vec<NodeName>,
    /// Nodes on which a foreign domain of another name and UUID runs that uses the subject's locked disk.
    pub rival: Vec<NodeName>,
    /// Parameters for every invocation of the case, by role; null leaves one out.
    pub parameters: BTreeMap<Role, Option<String>>,
}

/// One case, or one row of a table of cases, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseSpec {
    /// A sentence that is true of a conforming agent.
    pub case: String,
    /// The demands it decides.
    pub clause: Vec<ClauseId>,
    /// How strong they are.
    pub level: Level,
    /// What must be there for it to run.
    #[serde(default)]
    pub needs: Needs,
    /// After which the case is given up as `unknown`.
    #[serde(default = "default_timeout")]
    pub timeout: Millis,
    /// How many times the whole case is run, each in a fresh world.
    #[serde(default = "once")]
    pub repeat: u32,
    /// The world at the start.
    #[serde(default)]
    pub given: Given,
    /// What is done, in order.
    pub when: Vec<Step>,
    /// What must hold at the end, beside the invariants.
    #[serde(default)]
    pub then: Vec<Check>,
}

impl CaseSpec {
    /// The time that it takes at least, since it waits for nothing to happen.
    #[must_use]
    pub fn watches(&self) -> Millis {
        self.sum(&|step| match step {
            Step::Settle(settle) => match &settle.until {
                Check::Silent(silent) => silent.span.0,
                _ => 0,
            },
            _ => 0,
        })
    }

    /// The sum of the limits that its steps themselves name, and of what others take that have none, times its
    /// repetitions: which case takes longer than which, for those who run several side by side.
    #[must_use]
    pub fn longest_waits(&self) -> Millis {
        self.sum(&|step| match step {
            Step::Run(run) => {
                let limit = run.kill_after.or(run.timeout).unwrap_or(USUAL_ACTION);
                limit.0.saturating_mul(u64::from(run.times))
            }
            Step::Fault(Fault::Network(_)) => UNANSWERED.0,
            Step::Settle(settle) => settle.within.0,
            _ => 0,
        })
    }

    /// The sum over its steps of the milliseconds that each takes, times its repetitions.
    fn sum(&self, own: &impl Fn(&Step) -> u64) -> Millis {
        let steps = self.when.iter().map(|step| step.time(own));
        let once = steps.fold(0, u64::saturating_add);
        Millis(once.saturating_mul(u64::from(self.repeat)))
    }
}

/// What an action takes at most that waits for nothing.
const USUAL_ACTION: Millis = Millis(2_000);

/// What a harmed network costs: libvirt gives a connection up after half a minute without an answer, and so does the
/// daemon at its other end.
const UNANSWERED: Millis = Millis(60_000);

const fn default_timeout() -> Millis {
    Millis(120_000)
}

const fn once() -> u32 {
    1
}
