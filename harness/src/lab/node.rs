use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use tracing::debug;

use super::command::{Command, Finished, Running};
use super::emulator::Emulator;
use super::error::LabError;
use super::process::Process;
use crate::equipment::PartFault;
use crate::history::{Exit, NodeName};
use crate::ocf::Code;

/// What happens to the daemon that has a node's guests: libvirtd, or virtqemud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DaemonDo {
    /// Start it and wait until it answers.
    Start,
    /// Ask it to end and wait until it has.
    Stop,
    /// Kill it; nothing starts it again by itself.
    Kill,
    /// Stop it in its tracks: it keeps its sockets and answers nothing.
    Freeze,
    /// Let a frozen one go on.
    Continue,
}

/// What is put at a path of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A file with that content and mode.
    File(Vec<u8>, u32),
    /// A folder, which may be there already.
    Folder,
    /// A symbolic link.
    Link(PathBuf),
}

/// Where cases run agents: a node of a local lab, or a whole machine's.
///
/// Processes are named by their ids as the node's own lab sees them, which are not those that the node itself sees.
pub trait Node: Debug + Send + Sync {
    /// The node's name, which is its host name too.
    fn name(&self) -> &NodeName;

    /// Where a file of the harness's machine lies for commands of the node: elsewhere if it was brought there.
    fn place_of(&self, file: &Path) -> PathBuf {
        file.to_owned()
    }

    /// Starts a command.
    ///
    /// # Errors
    /// When it cannot be executed.
    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError>;

    /// Reads a file, given by its path in the node; none when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError>;

    /// Puts something at a path, in the place of the file or empty folder that is there. Folders above are made.
    ///
    /// # Errors
    /// When it cannot be put there.
    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError>;

    /// Removes a file or an empty folder, if it is there.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, path: &Path) -> Result<(), LabError>;

    /// The permission bits of a file or folder; none when there is none.
    ///
    /// # Errors
    /// When the node does not tell.
    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError>;

    /// The node's whole process table but for its first process.
    ///
    /// # Errors
    /// When the node does not tell.
    fn processes(&self) -> Result<Vec<Process>, LabError>;

    /// The emulators that run on the node, by the ids that the node has for them. Costs less than `processes`.
    ///
    /// # Errors
    /// When the node does not tell.
    fn emulators(&self) -> Result<Vec<Emulator>, LabError>;

    /// Sends a signal to a process. One that has ended needs none.
    ///
    /// # Errors
    /// When the node is not reached.
    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError>;

    /// Sends a signal to a whole process group. One that has ended needs none.
    ///
    /// # Errors
    /// When the node is not reached.
    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError>;

    /// Where libvirt of this node is reached from the harness.
    fn libvirt_uri(&self) -> String;

    /// Does something to the daemon that has the guests.
    ///
    /// # Errors
    /// When it has not come true within half a minute.
    fn daemon(&self, what: DaemonDo) -> Result<(), LabError>;

    /// The daemon that has the guests, if one lives.
    ///
    /// # Errors
    /// When the node does not tell.
    fn libvirtd(&self) -> Result<Option<Process>, LabError>;

    /// Kills what of the node's equipment holds something for a guest, as the loss of the node does.
    ///
    /// # Errors
    /// When something has not ended within half a minute.
    fn kill_parts(&self) -> Result<(), LabError>;

    /// Starts again what of the node's equipment was killed.
    ///
    /// # Errors
    /// When something does not come up.
    fn revive_parts(&self) -> Result<(), LabError>;

    /// Lets the node's equipment go of what guests held that have ended.
    ///
    /// # Errors
    /// When a daemon does not come up.
    fn release_parts(&self) -> Result<(), LabError>;

    /// Brings harm about that a part of the node's equipment offers.
    ///
    /// # Errors
    /// When no part offers it, or it fails.
    fn inject(&self, fault: PartFault) -> Result<(), LabError>;

    /// Processes that are neither the lab's own nor the emulator of the domain with the UUID `but`.
    ///
    /// # Errors
    /// When the node does not tell.
    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError>;

    /// Ends every stray process, and lets the lab's own daemons run as at its beginning.
    ///
    /// # Errors
    /// When something does not end, or a daemon does not come up.
    fn clear(&self, but: &str) -> Result<(), LabError>;

    /// Whether the node's machine has its power, which only machines of their own can lose.
    fn has_power(&self) -> bool {
        true
    }

    /// The command that runs what is added to it in the node, on a terminal: a shell for people, say.
    fn enter(&self) -> std::process::Command;

    /// Runs a command to its end, with half a minute's deadline, and demands success.
    ///
    /// # Errors
    /// When it cannot run or does not succeed: the message ends with what it printed.
    fn run(&self, program: &str, args: &[&str]) -> Result<Finished, LabError> {
        let running = self.exec(&Command::new(program, args.iter().copied()))?;
        let finished = running.wait(Instant::now() + Duration::from_secs(30))?;
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

/// Polls until the condition holds, for at most half a minute.
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) -> Result<(), LabError> {
    let began = Instant::now();
    let deadline = began + Duration::from_secs(30);
    while !holds() {
        if Instant::now() > deadline {
            return Err(LabError::Late {
                what: what.to_owned(),
                seconds: 30,
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    debug!(took = ?began.elapsed(), "{what}");
    Ok(())
}
