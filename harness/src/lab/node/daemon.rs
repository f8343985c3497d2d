use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::to_json;
use crate::lab::error::LabError;
use crate::lab::process::Process;

/// What happens to the daemon that has a node's guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DaemonAction {
    /// Start it and wait until it answers.
    Start,
    /// Ask it to end and wait until it has.
    Stop,
    /// Kill it; nothing starts it again by itself.
    Kill,
    /// Stop it by a signal: it keeps its sockets and answers nothing.
    Freeze,
    /// Let a frozen one go on.
    Continue,
}

/// The hypervisor's daemon on a node, which has the guests.
pub trait DaemonControl {
    /// The socket by which the harness reaches it.
    fn daemon_socket(&self) -> PathBuf;

    /// Does something to it.
    ///
    /// # Errors
    /// When it has not come true within half a minute.
    fn control_daemon(&self, action: DaemonAction) -> Result<(), LabError>;

    /// Its process, if it is alive.
    ///
    /// # Errors
    /// When the node does not answer.
    fn daemon_process(&self) -> Result<Option<Process>, LabError>;
}

/// The same as messages.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum DaemonRequest {
    Control(DaemonAction),
    Process,
}

impl DaemonRequest {
    /// Does what it asks for.
    pub(in crate::lab) fn answer(self, node: &impl DaemonControl) -> Result<Value, String> {
        match self {
            Self::Control(action) => to_json(node.control_daemon(action)),
            Self::Process => to_json(node.daemon_process()),
        }
    }
}
