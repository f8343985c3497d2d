//! Where cases run agents: a node of this machine, or of another one that ssh reaches.
//!
//! What a node can do is split by what is asked of it: [`FileAccess`], [`ProcessControl`], [`CommandRunner`],
//! [`DaemonControl`] of the hypervisor, and [`PartControl`] of the equipment. The file of a trait also has its requests
//! as messages, where a relay passes them on: a new method is in that file, in `local/as_node.rs` and in
//! `machines/node.rs`. [`PowerControl`] is of all nodes of a lab.

mod commands;
mod daemon;
mod files;
mod json;
mod parts;
mod power;
mod processes;

use std::fmt::Debug;
use std::time::{Duration, Instant};

pub use commands::CommandRunner;
pub use daemon::{DaemonAction, DaemonControl};
pub use files::{Entry, FileAccess};
pub use parts::PartControl;
pub use processes::ProcessControl;

pub(in crate::lab) use daemon::DaemonRequest;
pub(in crate::lab) use files::FileRequest;
pub(in crate::lab) use json::to_json;
pub(in crate::lab) use parts::PartRequest;
pub(in crate::lab) use power::PowerControl;
pub(in crate::lab) use processes::ProcessRequest;

use super::command::{Command, Finished};
use super::error::LabError;
use crate::history::{Exit, NodeName};
use crate::ocf::Code;

/// How long a command of the lab's own may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A node: a node of a local lab, or a whole machine's.
pub trait Node:
    FileAccess + ProcessControl + CommandRunner + DaemonControl + PartControl + Debug + Send + Sync
{
    /// The node's name, which is its host name too.
    fn name(&self) -> &NodeName;

    /// Ends every stray process, and lets the lab's own daemons run as at its beginning. The emulator of the domain with
    /// the UUID `but` stays.
    ///
    /// # Errors
    /// When something does not end, or a daemon does not come up.
    fn clear(&self, but: &str) -> Result<(), LabError>;

    /// Runs a command to its end, with half a minute's deadline, and demands success.
    ///
    /// # Errors
    /// When it cannot run or does not succeed: the message ends with what it printed.
    fn run(&self, program: &str, args: &[&str]) -> Result<Finished, LabError> {
        self.run_for(program, args, PATIENCE)
    }

    /// The same with another deadline.
    ///
    /// # Errors
    /// As for `run`.
    fn run_for(
        &self,
        program: &str,
        args: &[&str],
        patience: Duration,
    ) -> Result<Finished, LabError> {
        let running = self.exec(&Command::new(program, args.iter().copied()))?;
        let finished = running.wait(Instant::now() + patience)?;
        if finished.exit == Exit::Code(Code::Success) {
            return Ok(finished);
        }
        let said = format!("{}{}", finished.out.text, finished.err.text);
        Err(LabError::Exec {
            node: self.name().clone(),
            program: format!("{program} {}", args.join(" ")),
            why: format!("{}: {}", finished.exit, said.trim()),
        })
    }
}
