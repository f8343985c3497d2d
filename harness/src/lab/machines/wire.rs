//! What the harness and a machine's relay say to each other: JSON, a line each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lab::command::Command;
use crate::lab::node::{DaemonRequest, FileRequest, PartRequest, ProcessRequest};
use crate::lab::request::LabRequest;
use crate::lab::setup::LabSetup;

/// A question or an order of the harness, with a number for its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked<R> {
    pub(super) number: u64,
    /// A [`Request`], or one by reference.
    pub(super) request: R,
}

/// The relay's answer to the request of that number: what was asked for, or why not.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) number: u64,
    pub(super) answer: Result<Value, String>,
}

/// What a relay can be asked for. Processes are named by their ids on the machine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Nothing: the harness is still there.
    Ping,
    /// What the machine is: [`super::MachineFacts`].
    Facts,
    /// Raise the machine's node; the id of its first process.
    Raise(LabSetup, Uplink, Brought),
    /// A request to the first process of the machine's part of the lab.
    Lab(LabRequest),
    /// Start a command; the id of its process.
    Exec(Command),
    /// Wait for a command for so many milliseconds, and kill it then; how it ended.
    Wait(i32, u64),
    /// Nobody waits for a command any more.
    GiveUp(i32),
    /// Do something with the node's files.
    Files(FileRequest),
    /// Do something with its processes.
    Processes(ProcessRequest),
    /// Do something with its hypervisor's daemon.
    Daemon(DaemonRequest),
    /// Do something with the parts of its equipment.
    Parts(PartRequest),
    /// Cut the node's cables and kill all that runs in it.
    CutPower,
    /// Raise it again after that; whether what lay in its own folders is gone.
    RaiseAgain,
    /// Clear the node, but for the domain of that UUID.
    Clear(String),
}

impl From<FileRequest> for Request {
    fn from(request: FileRequest) -> Self {
        Self::Files(request)
    }
}

impl From<ProcessRequest> for Request {
    fn from(request: ProcessRequest) -> Self {
        Self::Processes(request)
    }
}

impl From<DaemonRequest> for Request {
    fn from(request: DaemonRequest) -> Self {
        Self::Daemon(request)
    }
}

impl From<PartRequest> for Request {
    fn from(request: PartRequest) -> Self {
        Self::Parts(request)
    }
}

/// Files of the machine that were brought there for its node.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Brought {
    /// They are shown to the node in [`BROUGHT`].
    pub(super) files: Vec<PathBuf>,
    /// The keys that all nodes share, by the files' names: no file of the machine has them before the node is raised, and
    /// none after.
    pub(super) keys: BTreeMap<String, Vec<u8>>,
    /// Packages of agents, which the node sees in the place of what the machine has installed.
    pub(super) packages: Option<PathBuf>,
}

/// The name of the socket of a cluster's calls, on both sides of ssh.
pub(super) const CALLS: &str = "calls";

/// The folder of a node with what was brought to its machine for it, by the files' names.
pub(super) const BROUGHT: &str = "/run/vrt/brought";

/// The networks between the machines of a lab: a VXLAN for the guests, and one for a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Uplink {
    /// The number of the first, even and less than 2^24. The other one has the next.
    pub(super) number: u32,
    /// The machine's own address.
    pub(super) own: String,
    /// The other machines' addresses.
    pub(super) others: Vec<String>,
}
