use std::ops::Not;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::domain_state::DomainState;
use super::node_name::NodeName;
use crate::equipment::Lock;

/// One of the lab's guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guest {
    /// The guest that the agent under test manages.
    Subject,
    /// The guest that nobody may touch; its name begins with the subject's.
    Bystander,
    /// A guest that a case put there: it has the subject's name or disk, and another identity.
    Stranger,
}

/// One emulator process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulator {
    /// Its process id within the node.
    pub pid: i32,
    /// Whose emulator it is, by the UUID on its command line.
    pub guest: Guest,
    /// Whether it is stopped by a signal (state `T`).
    #[serde(default, skip_serializing_if = "Not::not")]
    pub frozen: bool,
}

/// One observation of a witness. Each stands for itself; the judge combines them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sighting {
    /// libvirt's answer to a state query; where it does not run the subject, that of the emulator by QMP.
    Domain {
        /// Where.
        node: NodeName,
        /// Which guest, looked up by UUID.
        guest: Guest,
        /// The state, none when the daemon did not answer.
        state: Option<DomainState>,
        /// libvirt's number for the reason; 0 where it gives none.
        #[serde(default, skip_serializing_if = "is_zero")]
        reason: i32,
        /// Whether the domain has a persistent definition.
        #[serde(default, skip_serializing_if = "Not::not")]
        persistent: bool,
        /// Whether libvirt starts it by itself at boot.
        #[serde(default, skip_serializing_if = "Not::not")]
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
        #[serde(default, skip_serializing_if = "Not::not")]
        clean: bool,
    },
    /// What is on a node before the first and after the last action.
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
    /// The domain's configuration file on a node.
    Config {
        /// Where.
        node: NodeName,
        /// Its content's hash in hexadecimal; none when it is not there.
        digest: Option<String>,
        /// Whether its content is one well-formed XML document.
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
    /// The content of the folder that the agent was given for a crashed guest's memory.
    Dumps {
        /// Where.
        node: NodeName,
        /// The files that the case did not begin with and that are not empty.
        files: Vec<String>,
    },
    /// Where the configuration's password could be read by others after a run.
    Exposed {
        /// Where.
        node: NodeName,
        /// Files that others can read, and streams that the run printed on.
        places: Vec<String>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(number: &i32) -> bool {
    *number == 0
}
