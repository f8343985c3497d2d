//! Commands for a node, how they end, and how a node's first process is asked to run one.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Instant;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

use super::error::LabError;
use super::process::Process;
use crate::history::{Exit, Output};

/// A command to run in a node, as Pacemaker's executor runs an agent: in a process group of its
/// own, with this environment and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The program: a path in the node, or a name looked up in `env`'s `PATH`.
    pub program: String,
    /// The arguments.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// Who runs it.
    pub user: String,
    /// Where it runs.
    pub dir: String,
    /// The permissions that files which it makes lack by default.
    pub umask: u32,
    /// What it reads from its standard input, at most some kilobytes; without any it has none.
    #[serde(default)]
    pub input: String,
    /// Whether only its own process is killed at the deadline, and not what it has started.
    #[serde(default)]
    pub alone: bool,
    /// The tools in whose places it meets stand-ins, which lie in the node.
    #[serde(default)]
    pub stand_ins: Vec<String>,
}

impl Command {
    /// A command run by root in `/` with nothing but a `PATH` in its environment.
    pub fn new<S: Into<String>>(program: &str, args: impl IntoIterator<Item = S>) -> Self {
        let path = "/usr/sbin:/usr/bin:/sbin:/bin".to_owned();
        Self {
            program: program.to_owned(),
            args: args.into_iter().map(Into::into).collect(),
            env: BTreeMap::from([("PATH".to_owned(), path)]),
            user: "root".to_owned(),
            dir: "/".to_owned(),
            umask: 0o022,
            input: String::new(),
            alone: false,
            stand_ins: Vec::new(),
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// How its first process ended.
    pub exit: Exit,
    /// Its standard output.
    pub out: Output,
    /// Its standard error.
    pub err: Output,
    /// Processes of its own that it left running in the node.
    pub left_running: Vec<Process>,
    /// For how much of its time, in percent, some task of the machine that it ran on waited for a processor; none
    /// where the kernel does not tell.
    pub pressure: Option<u8>,
}

impl Finished {
    /// The end of a command that was killed with its machine, of which nothing is known but that.
    pub(super) fn killed() -> Self {
        Self {
            exit: Exit::Killed,
            out: Output::default(),
            err: Output::default(),
            left_running: Vec::new(),
            pressure: None,
        }
    }
}

/// A command that was started in a node. Dropped while it runs, it is killed with its group.
pub trait Running: Debug + Send {
    /// The id of its first process, which is its process group's too.
    fn pid(&self) -> i32;

    /// Sends a signal to the whole process group.
    fn signal(&self, signal: Signal);

    /// Waits until the first process has ended; its group is killed when the deadline passes, or it alone if that is how the
    /// command is killed.
    ///
    /// # Errors
    /// When even KILL does not end it, or the node is lost.
    fn wait(self: Box<Self>, deadline: Instant) -> Result<Finished, LabError>;
}

/// Where a node's first process waits for the harness, in the node; gone once the harness has come.
pub(crate) const COMMANDS_SOCKET: &str = "/run/vrt/commands";

/// What a command's own socket says first if the command runs; its process comes as credentials.
pub(crate) const STARTED: u8 = b's';

/// What a command's own socket says first if it cannot be executed; the reason follows.
pub(crate) const FAILED: u8 = b'f';

/// How a command's process ended: the last that its own socket says, in JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Ended {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}
