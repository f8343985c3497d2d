use std::collections::HashSet;
use std::fmt::Display;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::net::sockopt;

use super::commands::first_process;
use super::node::LocalNode;
use super::processes::Processes;
use crate::history::{Exit, NodeName};
use crate::lab::command::{Command, Ended, Finished, Running};
use crate::lab::error::LabError;
use crate::lab::pressure;
use crate::ocf::Code;
use crate::output::{Kept, read_both};

/// How long a killed process may take to be gone.
const UNKILLABLE: Duration = Duration::from_secs(10);

/// How often a killed process group is checked for survivors.
const ENDING: Duration = Duration::from_millis(2);

/// A command in a node of a local lab.
#[derive(Debug)]
pub(super) struct LocalRunning {
    node: NodeName,
    processes: Arc<Processes>,
    program: String,
    first: i32,
    /// Whether it is killed without what it has started.
    alone: bool,
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
            node: node.name.clone(),
            program: command.program.clone(),
            why,
        })
    }

    fn try_start(node: &LocalNode, command: &Command) -> Result<Self, String> {
        let text = |error: io::Error| error.to_string();
        let before = node.processes.pids();
        let waited = pressure::waited();
        let (socket, its_socket) = UnixStream::pair().map_err(text)?;
        let (out, its_out) = io::pipe().map_err(text)?;
        let (err, its_err) = io::pipe().map_err(text)?;
        // Its first answer brings its process as credentials.
        sockopt::set_socket_passcred(&socket, true).map_err(|error| error.to_string())?;
        let files = [its_out.into(), its_err.into(), its_socket.into()];
        node.commands
            .send(command, &files)
            .map_err(|error| format!("its node takes no command: {error}"))?;
        // Or the command's end would not be the last end of the streams.
        drop(files);
        let first = first_process(&socket)?;
        node.processes.add_group(first);
        let (stop, stopped) = UnixStream::pair().map_err(text)?;
        Ok(Self {
            node: node.name.clone(),
            processes: Arc::clone(&node.processes),
            program: command.program.clone(),
            first,
            alone: command.alone,
            before,
            began: Instant::now(),
            waited,
            socket,
            reader: Some(std::thread::spawn(move || {
                let mut kept = [Kept::default(), Kept::default()];
                read_both([out, err], &stopped, |number, piece| {
                    kept[number].take(piece);
                    true
                });
                kept
            })),
            stop_reading: Some(stop),
        })
    }

    fn kill(&self) {
        if self.alone {
            // It is a child of the node's that nobody has waited for yet.
            let _ = kill(Pid::from_raw(self.first), Signal::SIGKILL);
        } else {
            self.signal(Signal::SIGKILL);
        }
    }

    fn kill_late(&mut self) -> Result<(), String> {
        self.kill();
        let deadline = Instant::now() + UNKILLABLE;
        if self.ended_by(deadline)?.is_none() {
            return Err(format!(
                "it still runs {} s after KILL",
                UNKILLABLE.as_secs()
            ));
        }
        // The others of its group have been sent the signal too, but each ends in its own time: one that is
        // still on its way out was not left running.
        while !self.alone && self.processes.is_alive(self.first) && Instant::now() < deadline {
            std::thread::sleep(ENDING);
        }
        Ok(())
    }

    /// How it ended; none when it has not by the deadline.
    fn ended_by(&mut self, deadline: Instant) -> Result<Option<Ended>, String> {
        let lost = |error: &dyn Display| format!("its node no longer tells of it: {error}");
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
            node: self.node.clone(),
            program: self.program.clone(),
            why,
        })?;
        self.processes.forget_group(self.first);
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
            pressure: pressure::percent(self.waited, pressure::waited(), self.began.elapsed()),
            left_running: self.processes.own_since(&self.before),
        })
    }
}

impl Drop for LocalRunning {
    fn drop(&mut self) {
        if self.stop_reading.is_some() {
            self.signal(Signal::SIGKILL);
            self.processes.forget_group(self.first);
        }
    }
}

fn exit_of(ended: Ended) -> Exit {
    match ended {
        Ended::Exited(code) => Code::from_number(code).map_or(Exit::Other(code), Exit::Code),
        Ended::Signalled(signal) => Exit::Signal(signal),
    }
}
