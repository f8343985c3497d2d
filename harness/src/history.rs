//! The record between act, see and decide: everything that was done and seen while a case ran.
//!
//! Append-only while a case runs, a plain value afterwards: one JSON object a line (`history.jsonl`), by time.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ocf::{Action, Code};

/// Milliseconds since the case began, by the harness's own monotonic clock.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0 / 1000, self.0 % 1000)
    }
}

/// A length of time in milliseconds as people read it: `1.2 s`.
#[must_use]
pub fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// A node's name as cases say it: `a`, `b`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct NodeName(pub String);

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for NodeName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// The state libvirt gives a domain, or that it knows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// libvirt answered, and knows no such domain.
    Absent,
    /// `VIR_DOMAIN_NOSTATE`.
    Nostate,
    /// `VIR_DOMAIN_RUNNING`.
    Running,
    /// `VIR_DOMAIN_BLOCKED`.
    Blocked,
    /// `VIR_DOMAIN_PAUSED`.
    Paused,
    /// `VIR_DOMAIN_SHUTDOWN`: being shut down.
    Shutdown,
    /// `VIR_DOMAIN_SHUTOFF`.
    Shutoff,
    /// `VIR_DOMAIN_CRASHED`.
    Crashed,
    /// `VIR_DOMAIN_PMSUSPENDED`.
    Pmsuspended,
}

impl DomainState {
    /// `VIR_DOMAIN_PAUSED_MIGRATION`, a reason of `Paused`, also of a target that is still receiving.
    pub const PAUSED_MIGRATION: i32 = 2;
    /// `VIR_DOMAIN_PAUSED_IOERROR`.
    pub const PAUSED_IOERROR: i32 = 5;
    /// `VIR_DOMAIN_PAUSED_STARTING_UP`.
    pub const PAUSED_STARTING_UP: i32 = 11;
    /// `VIR_DOMAIN_PAUSED_POSTCOPY`, a reason of `Paused`: the guest goes on elsewhere.
    pub const PAUSED_POSTCOPY: i32 = 12;
    /// `VIR_DOMAIN_PAUSED_POSTCOPY_FAILED`, a reason of `Paused`.
    pub const PAUSED_POSTCOPY_FAILED: i32 = 13;
    /// `VIR_DOMAIN_RUNNING_POSTCOPY_FAILED`, a reason of `Running`.
    pub const RUNNING_POSTCOPY_FAILED: i32 = 11;

    /// Whether a domain in this state has an emulator.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Absent | Self::Shutoff)
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By itself, with a code the standard knows.
    Code(Code),
    /// By itself, with a code the standard does not know.
    Other(i32),
    /// By a signal that the harness did not send.
    Signal(i32),
    /// By the KILL that the harness sent to its whole group when its timeout had passed.
    TimedOut,
    /// By a signal that the case told the harness to send.
    Killed,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Other(number) => write!(f, "{number}, a code outside the standard"),
            Self::Signal(number) => write!(f, "ended by signal {number}"),
            Self::TimedOut => f.write_str("killed at its timeout"),
            Self::Killed => f.write_str("killed by the case"),
        }
    }
}

/// The bounded text that a process printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// What was kept, with bytes that are no UTF-8 replaced.
    pub text: String,
    /// How many bytes were printed in all.
    pub bytes: u64,
    /// Whether some of the bytes were no UTF-8 or were control characters other than tab and newline.
    pub binary: bool,
    /// Whether `text` lacks some of the bytes.
    pub cut: bool,
}

/// One run of the agent, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// Number of the invocation within the case, from 0.
    pub id: u32,
    /// Path of the step in `when` that asked for it; empty for the lab's own runs.
    #[serde(default)]
    pub step: Vec<usize>,
    /// The case's name for it, `as:` in the case file.
    pub label: Option<String>,
    /// Where it ran.
    pub node: NodeName,
    /// The first argument; none when the case runs the agent without any.
    pub action: Option<Action>,
    /// The arguments after the action.
    pub args: Vec<String>,
    /// The whole environment it got.
    pub env: BTreeMap<String, String>,
    /// Milliseconds after which its group is killed.
    pub timeout: u64,
    /// The user it ran as, `root` but where a case says otherwise.
    pub user: String,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The invocation's number.
    pub id: u32,
    /// How its first process ended.
    pub exit: Exit,
    /// Milliseconds from its start to its end.
    pub took: u64,
    /// What it printed on standard output.
    pub stdout: Output,
    /// What it printed on standard error.
    pub stderr: Output,
    /// The text of its last `ocf-exit-reason:` line.
    pub reason: Option<String>,
    /// Command lines of processes of its own that it left running, in its node.
    pub left_running: Vec<String>,
    /// Calls that it made to tools that are under the shim, in their order.
    pub calls: Vec<ToolCall>,
    /// Percent of its time in which tasks of the machine waited for a processor, where the kernel tells.
    #[serde(default)]
    pub pressure: Option<u8>,
    /// The init-script header in the agent's file, where this was `meta-data` and there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
}

/// From here on the machine is to blame for what took too long.
const STARVED: u8 = 90;
impl Outcome {
    /// Whether the machine was so overloaded that nothing can be said about how long this took.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.pressure.is_some_and(|percent| percent >= STARVED)
    }
}

/// One call of a tool under the shim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name, such as `virsh`.
    pub tool: String,
    /// The arguments.
    pub args: Vec<String>,
    /// The code that the shim answered with as the case told it; -1 where it handed the call to the real tool.
    pub exit: i32,
    /// The URI that the variables of libvirt's own tools gave it, which stand for an argument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Whether the case had told the tool what to answer to it; none in older histories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scripted: Option<bool>,
}

/// Which guest: the one under test or the bystander.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guest {
    /// The guest that the agent under test manages.
    Subject,
    /// The guest that nobody may touch; its name begins with the subject's.
    Bystander,
    /// A guest that a case put there: the subject's name or disk, another identity.
    Stranger,
}

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

/// One emulator process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulator {
    /// Its process id as the node sees it.
    pub pid: i32,
    /// Whose emulator it is, by the UUID on its command line.
    pub guest: Guest,
    /// Whether it is stopped by a signal (state `T`).
    pub frozen: bool,
}

/// One look of a witness. Each is a fact by itself; the judge puts them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sighting {
    /// libvirt's answer to a state query, or that its daemon did not answer (`state: null`).
    Domain {
        /// Where.
        node: NodeName,
        /// Which guest, looked up by UUID.
        guest: Guest,
        /// The state, none when the daemon did not answer.
        state: Option<DomainState>,
        /// libvirt's number for the reason, 0 where it has none.
        reason: i32,
        /// Whether the domain has a persistent definition.
        persistent: bool,
        /// Whether libvirt starts it by itself at boot.
        autostart: bool,
    },
    /// All emulators on a node, from its process table; recorded when the set changes.
    Emulators {
        /// Where.
        node: NodeName,
        /// Every emulator found.
        found: Vec<Emulator>,
    },
    /// A guest wrote its record to its disk.
    Write {
        /// The node whose disk server got the write.
        node: NodeName,
        /// Which guest's disk.
        guest: Guest,
        /// The writer's incarnation, drawn from the time-stamp counter at boot.
        incarnation: u64,
        /// The writer's own counter of its writes.
        counter: u64,
        /// Whether the writer says that it obeyed the power button and this is its last write.
        #[serde(default)]
        clean: bool,
    },
    /// What lies around on a node: compared before the first and after the last action.
    Remains {
        /// Where.
        node: NodeName,
        /// UUIDs of all defined or active domains, without the bystander.
        domains: Vec<String>,
        /// Files in scratch, temporary and libvirt folders that the case did not begin with.
        files: Vec<String>,
        /// Command lines of processes that belong neither to the lab nor to a guest.
        processes: Vec<String>,
    },
    /// The domain's configuration file as it lies on a node.
    Config {
        /// Where.
        node: NodeName,
        /// Its content's hash in hexadecimal; none when it is not there.
        digest: Option<String>,
        /// Whether its content is one well-formed XML document.
        #[serde(default)]
        whole: bool,
    },
    /// Whether the lock of the lab on the subject's disk is held by a process of a node.
    Lock {
        /// Where.
        node: NodeName,
        /// Which lock.
        lock: Lock,
        /// Whether it is held.
        held: bool,
    },
    /// What lies in the folder that the agent was given for a crashed guest's memory.
    Dumps {
        /// Where.
        node: NodeName,
        /// The files that the case did not begin with and that are not empty.
        files: Vec<String>,
    },
    /// Where the password of the configuration was found after a run for others to read.
    Exposed {
        /// Where.
        node: NodeName,
        /// Files that others can read, and streams that the run printed on.
        places: Vec<String>,
    },
}

/// One entry of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, on the harness's clock.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The lab is in the world that `given` describes; invariants count from here.
    Ready {
        /// The lab's facts that a report shows: accelerator, versions.
        lab: BTreeMap<String, String>,
    },
    /// A step of the case began: its index in `when`, and how a person would say it.
    Step {
        /// Path of indices, one deep but inside `together`.
        path: Vec<usize>,
        /// One line for people.
        text: String,
    },
    /// The agent was started.
    Began(Invocation),
    /// The agent ended.
    Ended(Outcome),
    /// The actions that its metadata advertise, with their timeouts in milliseconds: told where a verdict depends on them.
    Advertised(BTreeMap<String, u64>),
    /// A fault took effect, as its own probe saw.
    Fault {
        /// Its name in the case, or its kind.
        name: String,
        /// Where, if it has a place.
        node: Option<NodeName>,
    },
    /// A fault is over.
    Healed {
        /// Its name.
        name: String,
    },
    /// A `settle` ended.
    Settled {
        /// The step.
        path: Vec<usize>,
        /// Whether the condition came true in time.
        held: bool,
    },
    /// A witness looked.
    Saw(Sighting),
    /// The harness or the lab failed; the case can only be `unknown`.
    Trouble {
        /// What failed, in one sentence.
        text: String,
    },
    /// The case's steps are over; what follows is the final look.
    Done,
}

/// Everything done and seen while one case ran, ordered by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl History {
    /// Reads a history from a file of one JSON object a line.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is no entry.
    pub fn read(path: &Path) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let mut entries = Vec::new();
        for (index, line) in io::BufReader::new(file).lines().enumerate() {
            entries.push(serde_json::from_str(&line?).map_err(|error| {
                let place = format!("{}:{}: {error}", path.display(), index + 1);
                io::Error::new(io::ErrorKind::InvalidData, place)
            })?);
        }
        entries.sort_by_key(|entry: &Entry| entry.at);
        Ok(Self { entries })
    }

    /// Writes the history, one JSON object a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = io::BufWriter::new(std::fs::File::create(path)?);
        for entry in &self.entries {
            serde_json::to_writer(&mut file, entry)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    }
}
