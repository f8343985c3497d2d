use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::error::LabError;
use super::init::{EXEC_READY, ExecSpec};
use super::node::LocalNode;
use super::output::{Kept, read_both};
use super::process::{self, Process};
use crate::history::{Exit, Output};
use crate::ocf::Code;

/// How long a killed process may take to be gone.
const UNKILLABLE: Duration = Duration::from_secs(10);

/// A command to run in a node, as Pacemaker's executor runs an agent: in a process group of its
/// own, with this environment and no other, without standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// How its first process ended.
    pub exit: Exit,
    /// Its standard output.
    pub out: Output,
    /// Its standard error.
    pub err: Output,
    /// Processes of its own that it left running in the node.
    pub left_running: Vec<Process>,
}

/// A command that was started in a node. Dropped while it runs, it is killed with its group.
#[derive(Debug)]
pub struct Running {
    node: LocalNode,
    program: String,
    first: i32,
    carrier: i32,
    before: Vec<Process>,
    ended: Receiver<std::io::Result<ExitStatus>>,
    reader: Option<JoinHandle<[Kept; 2]>>,
    stop_reading: Option<UnixStream>,
}

/// The process group of a command.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    first: i32,
    carrier: i32,
}

impl Group {
    /// The host's id of its first process, which is the group's too.
    #[must_use]
    pub const fn first(self) -> i32 {
        self.first
    }

    /// Sends a signal to all of it.
    pub fn signal(self, signal: Signal) {
        // A group that has ended needs no signal.
        let _ = killpg(Pid::from_raw(self.first), signal);
        if matches!(signal, Signal::SIGCONT | Signal::SIGKILL) {
            // `nsenter` stops itself when its child is stopped, and would never see its end.
            let _ = kill(Pid::from_raw(self.carrier), Signal::SIGCONT);
        }
    }
}

impl Running {
    /// Starts a command in a node.
    pub(super) fn start(node: &LocalNode, command: &Command) -> Result<Self, LabError> {
        let failed = |why: String| LabError::Exec {
            node: node.node_name().clone(),
            program: command.program.clone(),
            why,
        };
        let before = node.all_processes();
        let (ours, theirs) = UnixStream::pair().map_err(|error| failed(error.to_string()))?;
        let mut carrier = node
            .enter()
            .args(["/proc/1/exe", "__exec"])
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        match hand_over(&ours, &mut carrier, command) {
            Ok(first) => Self::follow(node, command, (first, carrier), before).map_err(failed),
            Err(why) => {
                let _ = carrier.kill();
                let _ = carrier.wait();
                Err(failed(why))
            }
        }
    }

    fn follow(
        node: &LocalNode,
        command: &Command,
        (first, mut carrier): (i32, Child),
        before: Vec<Process>,
    ) -> Result<Self, String> {
        node.note_group(first);
        let (out, err) = (carrier.stdout.take(), carrier.stderr.take());
        let (out, err) = (
            out.ok_or("no standard output")?,
            err.ok_or("no standard error")?,
        );
        let (stop, stopped) = UnixStream::pair().map_err(|error| error.to_string())?;
        let carrier_pid = carrier.id().cast_signed();
        let (tell, ended) = mpsc::channel();
        std::thread::spawn(move || tell.send(carrier.wait()));
        Ok(Self {
            node: node.clone(),
            program: command.program.clone(),
            first,
            carrier: carrier_pid,
            before,
            ended,
            reader: Some(std::thread::spawn(move || read_both(out, err, &stopped))),
            stop_reading: Some(stop),
        })
    }

    /// The host's id of its first process, which is its process group's too.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.first
    }

    /// Its process group, to be signalled while somebody else waits for the command.
    #[must_use]
    pub const fn group(&self) -> Group {
        Group {
            first: self.first,
            carrier: self.carrier,
        }
    }

    /// Sends a signal to the whole process group.
    pub fn signal(&self, signal: Signal) {
        self.group().signal(signal);
    }

    /// Sends KILL to the whole process group, as a case demands; `wait` then tells the signal.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// Waits until the first process has ended; its group is killed when the deadline passes.
    ///
    /// # Errors
    /// When even KILL does not end it.
    pub fn wait(mut self, deadline: Instant) -> Result<Finished, LabError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let exit = match self.ended.recv_timeout(left) {
            Ok(status) => exit_of(status),
            Err(RecvTimeoutError::Timeout) => self.kill_late().map(|()| Exit::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err("its carrier was lost".to_owned()),
        };
        let exit = exit.map_err(|why| LabError::Exec {
            node: self.node.node_name().clone(),
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
            left_running: self.node.own_since(&self.before),
        })
    }

    fn kill_late(&self) -> Result<(), String> {
        self.kill();
        match self.ended.recv_timeout(UNKILLABLE) {
            Ok(_) => Ok(()),
            Err(_) => Err(format!(
                "it still runs {} s after KILL",
                UNKILLABLE.as_secs()
            )),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.stop_reading.is_some() {
            self.kill();
            self.node.forget_group(self.first);
        }
    }
}

fn exit_of(status: std::io::Result<ExitStatus>) -> Result<Exit, String> {
    let status = status.map_err(|error| error.to_string())?;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(Code::from_number(code).map_or(Exit::Other(code), Exit::Code)),
        (None, Some(signal)) => Ok(Exit::Signal(signal)),
        (None, None) => Err(format!("it ended unreadably: {status}")),
    }
}

/// Gives `__exec` its command over the socket; the host's id of the command's first process.
fn hand_over(socket: &UnixStream, carrier: &mut Child, command: &Command) -> Result<i32, String> {
    let told = |error: std::io::Error| error.to_string();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .map_err(told)?;
    let mut answers = BufReader::new(socket);
    let mut line = String::new();
    answers.read_line(&mut line).map_err(told)?;
    if !line.starts_with(EXEC_READY) {
        return Err(format!("nsenter failed: {}", complaint(carrier)));
    }
    let carrier = carrier.id().cast_signed();
    let first = process::children(carrier)
        .first()
        .map(|process| process.pid);
    let first = first.ok_or("its process cannot be found from outside")?;
    let spec = ExecSpec {
        program: command.program.clone(),
        args: command.args.clone(),
        env: command.env.clone(),
        user: command.user.clone(),
        dir: command.dir.clone(),
    };
    let spec = serde_json::to_string(&spec).map_err(|error| error.to_string())?;
    writeln!(&mut &*socket, "{spec}").map_err(told)?;
    // `nsenter` holds the other end too, so its end of file would come too late.
    socket
        .set_read_timeout(Some(Duration::from_millis(1)))
        .map_err(told)?;
    loop {
        // Looked at before reading, so that a word said just before the end is not missed.
        let over = has_executed(first);
        let mut trouble = [0; 1024];
        match (&mut &*socket).read(&mut trouble) {
            Ok(read @ 1..) => return Err(String::from_utf8_lossy(&trouble[..read]).into_owned()),
            _ if over => return Ok(first),
            _ => {}
        }
    }
}

/// Whether `__exec` has become its command, or has ended altogether.
fn has_executed(first: i32) -> bool {
    let Some(process) = Process::read(first) else {
        return true;
    };
    // In the middle of the execution a process has no arguments.
    let arg = process.args.get(1);
    process.state == 'Z' || (!process.args.is_empty() && arg.is_none_or(|arg| arg != "__exec"))
}

fn complaint(carrier: &mut Child) -> String {
    let _ = carrier.kill();
    let mut text = String::new();
    if let Some(err) = &mut carrier.stderr {
        let _ = err.read_to_string(&mut text);
    }
    text.trim().to_owned()
}
