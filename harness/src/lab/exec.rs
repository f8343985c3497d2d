use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg, sockopt,
};
use serde::{Deserialize, Serialize};

use super::error::LabError;
use super::init::{COMMANDS, Ended, FAILED, STARTED};
use super::local_node::LocalNode;
use super::node::Node;
use super::output::{Kept, read_both};
use super::pressure;
use super::process::Process;
use crate::history::{Exit, Output};
use crate::ocf::Code;

/// How long a killed process may take to be gone.
const UNKILLABLE: Duration = Duration::from_secs(10);

/// How often it is looked whether a killed group is gone.
const ENDING: Duration = Duration::from_millis(2);

/// How long a node's first process may take to start a command.
const STARTING: Duration = Duration::from_secs(30);

/// A command to run in a node, as Pacemaker's executor runs an agent: in a process group of its
/// own, with this environment and no other, without standard input.
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

/// The way to a node's first process, which executes commands.
#[derive(Debug)]
pub(super) struct Commands {
    socket: Mutex<UnixStream>,
}

impl Commands {
    /// Connects to a node by the host's id of its first process.
    pub(super) fn of(init: i32) -> io::Result<Self> {
        let path = format!("/proc/{init}/root{COMMANDS}");
        let socket = Mutex::new(UnixStream::connect(Path::new(&path))?);
        Ok(Self { socket })
    }

    /// Sends a command with the other ends of its streams and of its own socket.
    fn send(&self, command: &Command, files: &[OwnedFd; 3]) -> io::Result<()> {
        let text = serde_json::to_vec(command)?;
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        let files = files.each_ref().map(AsFd::as_fd);
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        beside.push(SendAncillaryMessage::ScmRights(&files));
        // One command at a time: its parts must not mix with another's.
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        sendmsg(
            &*socket,
            &[IoSlice::new(&length.to_le_bytes())],
            &mut beside,
            SendFlags::NOSIGNAL,
        )?;
        socket.write_all(&text)
    }
}

/// A command that was started in a node. Dropped while it runs, it is killed with its group.
pub trait Running: Debug + Send {
    /// The id of its first process, which is its process group's too.
    fn pid(&self) -> i32;

    /// Sends a signal to the whole process group.
    fn signal(&self, signal: Signal);

    /// Waits until the first process has ended; its group is killed when the deadline passes.
    ///
    /// # Errors
    /// When even KILL does not end it, or the node is lost.
    fn wait(self: Box<Self>, deadline: Instant) -> Result<Finished, LabError>;
}

/// A command in a node of a local lab.
#[derive(Debug)]
pub(super) struct LocalRunning {
    node: LocalNode,
    program: String,
    first: i32,
    /// The node's own ids of the processes that there were before.
    before: HashSet<i32>,
    began: Instant,
    /// How long tasks had waited for a processor when it began.
    waited: Option<u64>,
    /// Says at last how the command ended.
    socket: UnixStream,
    reader: Option<JoinHandle<[Kept; 2]>>,
    stop_reading: Option<UnixStream>,
}

impl LocalRunning {
    /// Starts a command in a node.
    pub(super) fn start(node: &LocalNode, command: &Command) -> Result<Self, LabError> {
        Self::try_start(node, command).map_err(|why| LabError::Exec {
            node: node.name().clone(),
            program: command.program.clone(),
            why,
        })
    }

    fn try_start(node: &LocalNode, command: &Command) -> Result<Self, String> {
        let told = |error: io::Error| error.to_string();
        let before = node.pids();
        let waited = pressure::waited();
        let (socket, its_socket) = UnixStream::pair().map_err(told)?;
        let (out, its_out) = io::pipe().map_err(told)?;
        let (err, its_err) = io::pipe().map_err(told)?;
        // Its first answer brings its process as credentials.
        sockopt::set_socket_passcred(&socket, true).map_err(|error| error.to_string())?;
        let files = [its_out.into(), its_err.into(), its_socket.into()];
        node.commands()
            .send(command, &files)
            .map_err(|error| format!("its node takes no command: {error}"))?;
        // Or the command's end would not be the last end of the streams.
        drop(files);
        let first = first_process(&socket)?;
        node.note_group(first);
        let (stop, stopped) = UnixStream::pair().map_err(told)?;
        Ok(Self {
            node: node.clone(),
            program: command.program.clone(),
            first,
            before,
            began: Instant::now(),
            waited,
            socket,
            reader: Some(std::thread::spawn(move || read_both(out, err, &stopped))),
            stop_reading: Some(stop),
        })
    }

    fn kill_late(&mut self) -> Result<(), String> {
        self.signal(Signal::SIGKILL);
        let deadline = Instant::now() + UNKILLABLE;
        if self.ended_by(deadline)?.is_none() {
            return Err(format!(
                "it still runs {} s after KILL",
                UNKILLABLE.as_secs()
            ));
        }
        // The others of its group have been sent the signal too, but each ends in its own time: one that is
        // still on its way out was not left running.
        while self.group_lives() && Instant::now() < deadline {
            std::thread::sleep(ENDING);
        }
        Ok(())
    }

    /// Whether a process of its group has not ended.
    fn group_lives(&self) -> bool {
        let processes = self.node.all_processes();
        let mut group = processes.iter().filter(|found| found.group == self.first);
        group.any(|found| found.state != 'Z')
    }

    /// How it ended; none when it has not by the deadline.
    fn ended_by(&mut self, deadline: Instant) -> Result<Option<Ended>, String> {
        let lost =
            |error: &dyn std::fmt::Display| format!("its node no longer tells of it: {error}");
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            // Not zero, which would be for ever.
            let left = Some(left.max(Duration::from_millis(1)));
            self.socket
                .set_read_timeout(left)
                .map_err(|error| lost(&error))?;
            // All of it comes at once.
            let mut text = [0; 64];
            return match self.socket.read(&mut text) {
                Ok(read) => serde_json::from_slice(text.get(..read).unwrap_or_default())
                    .map(Some)
                    .map_err(|error| lost(&error)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                // With a timeout the kernel takes up no reading again after a signal (signal(7)).
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(lost(&error)),
            };
        }
    }
}

impl Running for LocalRunning {
    fn pid(&self) -> i32 {
        self.first
    }

    fn signal(&self, signal: Signal) {
        // A group that has ended needs no signal.
        let _ = killpg(Pid::from_raw(self.first), signal);
    }

    fn wait(mut self: Box<Self>, deadline: Instant) -> Result<Finished, LabError> {
        let exit = match self.ended_by(deadline) {
            Ok(Some(ended)) => Ok(exit_of(ended)),
            Ok(None) => self.kill_late().map(|()| Exit::TimedOut),
            Err(why) => Err(why),
        };
        let exit = exit.map_err(|why| LabError::Exec {
            node: self.node.name().clone(),
            program: self.program.clone(),
            why,
        })?;
        self.node.forget_group(self.first);
        // The streams may stay open in a process left behind: what is there by now is all.
        drop(self.stop_reading.take());
        let read = self
            .reader
            .take()
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let [out, err] = read.map(Kept::into_output);
        Ok(Finished {
            exit,
            out,
            err,
            pressure: pressure::percent(self.waited, self.began.elapsed()),
            left_running: self.node.own_since(&self.before),
        })
    }
}

impl Drop for LocalRunning {
    fn drop(&mut self) {
        if self.stop_reading.is_some() {
            self.signal(Signal::SIGKILL);
            self.node.forget_group(self.first);
        }
    }
}

fn exit_of(ended: Ended) -> Exit {
    match ended {
        Ended::Exited(code) => Code::from_number(code).map_or(Exit::Other(code), Exit::Code),
        Ended::Signalled(signal) => Exit::Signal(signal),
    }
}

/// Waits for the first answer about a command: the host's id of its process.
fn first_process(mut socket: &UnixStream) -> Result<i32, String> {
    let late = |error: &dyn std::fmt::Display| format!("its node did not start it: {error}");
    socket
        .set_read_timeout(Some(STARTING))
        .map_err(|error| late(&error))?;
    let mut answer = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    // With a timeout the kernel takes up no reading again after a signal (signal(7)).
    rustix::io::retry_on_intr(|| {
        recvmsg(
            socket,
            &mut [IoSliceMut::new(&mut answer)],
            &mut beside,
            RecvFlags::empty(),
        )
    })
    .map_err(|error| late(&error))?;
    match answer {
        [STARTED] => {
            let sender = beside.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmCredentials(sender) => Some(sender.pid.as_raw_pid()),
                _ => None,
            });
            sender.ok_or_else(|| "its process cannot be seen from outside".to_owned())
        }
        [FAILED] => {
            let mut why = String::new();
            let _ = socket.read_to_string(&mut why);
            Err(why)
        }
        _ => Err(late(&"it ended")),
    }
}
