use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::to_json;
use crate::lab::emulator::Emulator;
use crate::lab::error::LabError;
use crate::lab::process::Process;
use crate::lab::qmp::{QmpAnswer, QmpCommand};

/// A node's processes, by their ids as the node's own lab sees them, which are not those that the node itself sees.
pub trait ProcessControl {
    /// The node's whole process table but for its first process.
    ///
    /// # Errors
    /// When the node does not answer.
    fn processes(&self) -> Result<Vec<Process>, LabError>;

    /// The emulators that run on the node, by the ids that the node has for them. Costs less than `processes`.
    ///
    /// # Errors
    /// When the node does not answer.
    fn emulators(&self) -> Result<Vec<Emulator>, LabError>;

    /// Asks or tells an emulator something in its own protocol; `pid` is the id that the node has for it.
    ///
    /// # Errors
    /// When the node does not answer.
    fn qmp(&self, pid: i32, command: QmpCommand) -> Result<QmpAnswer, LabError>;

    /// Processes that are neither the lab's own nor the emulator of the domain with the UUID `but`.
    ///
    /// # Errors
    /// When the node does not answer.
    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError>;

    /// The processes of a group but its first, which has the id `first` in the node, and without emulators.
    ///
    /// # Errors
    /// When the node does not answer.
    fn left_of_group(&self, first: i32) -> Result<Vec<Process>, LabError>;

    /// Microseconds for which some task of the node's machine has waited for a processor since it was booted; none where
    /// its kernel does not tell.
    ///
    /// # Errors
    /// When the node does not answer.
    fn waited(&self) -> Result<Option<u64>, LabError>;

    /// Sends a signal to a process. Does nothing when it has ended.
    ///
    /// # Errors
    /// When the node is not reached.
    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError>;

    /// Sends a signal to a whole process group. Does nothing when it has ended.
    ///
    /// # Errors
    /// When the node is not reached.
    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError>;
}

/// The same as messages. Signals are given by their numbers.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum ProcessRequest {
    Processes,
    Emulators,
    Qmp(i32, QmpCommand),
    Strays(String),
    LeftOfGroup(i32),
    Waited,
    Signal(i32, i32),
    SignalGroup(i32, i32),
}

impl ProcessRequest {
    /// Does what it asks for.
    pub(in crate::lab) fn answer(self, node: &impl ProcessControl) -> Result<Value, String> {
        let signal = |number: i32| Signal::try_from(number).map_err(|error| error.to_string());
        match self {
            Self::Processes => to_json(node.processes()),
            Self::Emulators => to_json(node.emulators()),
            Self::Qmp(pid, command) => to_json(node.qmp(pid, command)),
            Self::Strays(but) => to_json(node.strays(&but)),
            Self::LeftOfGroup(first) => to_json(node.left_of_group(first)),
            Self::Waited => to_json(node.waited()),
            Self::Signal(pid, number) => to_json(node.signal(pid, signal(number)?)),
            Self::SignalGroup(group, number) => to_json(node.signal_group(group, signal(number)?)),
        }
    }
}
