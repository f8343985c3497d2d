//! What every node can do, done to a node of this machine.

use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tracing::{debug, trace};

use super::neighbours;
use super::node::LocalNode;
use super::running::LocalRunning;
use crate::equipment::PartFault;
use crate::history::NodeName;
use crate::lab::command::{Command, Running};
use crate::lab::emulator::{Emulator, emulators};
use crate::lab::error::LabError;
use crate::lab::node::{
    CommandRunner, DaemonAction, DaemonControl, Entry, FileAccess, Node, PartControl,
    ProcessControl,
};
use crate::lab::pressure;
use crate::lab::process::Process;
use crate::lab::qmp::{QmpAnswer, QmpCommand};
use crate::lab::wait::wait_until;

impl LocalNode {
    fn kill_strays(&self, but: &str) -> Result<(), LabError> {
        wait_until(
            &format!("node {}: no stray process is left", self.name),
            || {
                let strays = self.processes.strays(but);
                for stray in &strays {
                    // One that has just ended is what was wanted.
                    let _ = kill(Pid::from_raw(stray.pid), Signal::SIGKILL);
                }
                strays.is_empty()
            },
        )
    }
}

impl Node for LocalNode {
    fn name(&self) -> &NodeName {
        &self.name
    }

    fn clear(&self, but: &str) -> Result<(), LabError> {
        self.parts.iter().try_for_each(|part| part.clear(self))?;
        self.kill_strays(but)?;
        // Who has lately heard of a node that is cut off waits for it for up to a minute, and whoever has not for three
        // seconds: a case must not depend on the one before.
        if neighbours::knows_others(self.init) {
            self.run("ip", &["neighbour", "flush", "dev", "eth0"])?;
        }
        if let Some(own) = self.own_guests_daemon() {
            if own.is_stopped() {
                self.control_daemon(DaemonAction::Continue)?;
            }
            if !self.keeps_callers() {
                return Ok(());
            }
        }
        // Whoever started this one may have given it another configuration.
        self.end_daemons()?;
        self.control_daemon(DaemonAction::Start)?;
        self.trust_daemon();
        Ok(())
    }
}

impl CommandRunner for LocalNode {
    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError> {
        trace!("node {}: {} {:?}", self.name, command.program, command.args);
        Ok(Box::new(LocalRunning::start(self, command)?))
    }

    fn enter(&self) -> std::process::Command {
        let mut command = std::process::Command::new("nsenter");
        command.arg("--target").arg(self.init.to_string());
        if self.user_namespace {
            command.arg("--user");
        }
        command.args(["--mount", "--pid", "--net", "--uts", "--ipc", "--"]);
        command
    }
}

impl FileAccess for LocalNode {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError> {
        self.files.read(path)
    }

    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError> {
        self.files.put(path, entry)
    }

    fn remove(&self, path: &Path) -> Result<(), LabError> {
        self.files.remove(path)
    }

    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError> {
        self.files.mode(path)
    }
}

impl ProcessControl for LocalNode {
    fn processes(&self) -> Result<Vec<Process>, LabError> {
        let mut processes = self.processes.all();
        processes.retain(|found| found.pid != self.init);
        Ok(processes)
    }

    fn emulators(&self) -> Result<Vec<Emulator>, LabError> {
        Ok(emulators(self.processes.table()))
    }

    fn qmp(&self, pid: i32, command: QmpCommand) -> Result<QmpAnswer, LabError> {
        Ok(self.talk_to_emulator(pid, command))
    }

    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError> {
        Ok(self.processes.strays(but))
    }

    fn left_of_group(&self, first: i32) -> Result<Vec<Process>, LabError> {
        Ok(self.processes.left_of_group(first))
    }

    fn waited(&self) -> Result<Option<u64>, LabError> {
        Ok(pressure::waited())
    }

    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError> {
        let _ = kill(Pid::from_raw(pid), signal);
        Ok(())
    }

    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError> {
        let _ = killpg(Pid::from_raw(group), signal);
        Ok(())
    }
}

impl DaemonControl for LocalNode {
    fn daemon_socket(&self) -> PathBuf {
        self.outside(Path::new(self.daemons.socket()))
    }

    fn control_daemon(&self, action: DaemonAction) -> Result<(), LabError> {
        debug!("node {}: {action:?} the daemon of its guests", self.name);
        self.do_to_guests_daemon(action)
    }

    fn daemon_process(&self) -> Result<Option<Process>, LabError> {
        Ok(self.guests_daemon())
    }
}

impl PartControl for LocalNode {
    fn kill_parts(&self) -> Result<(), LabError> {
        self.parts.iter().try_for_each(|part| part.kill(self))
    }

    fn revive_parts(&self) -> Result<(), LabError> {
        self.parts.iter().try_for_each(|part| part.revive(self))
    }

    fn release_parts(&self) -> Result<(), LabError> {
        self.parts.iter().try_for_each(|part| part.release(self))
    }

    fn inject(&self, fault: PartFault) -> Result<(), LabError> {
        let mut parts = self.parts.iter();
        match parts.find(|part| part.id().offers(fault)) {
            Some(part) => part.inject(fault, self),
            None => Err(LabError::NoSuchFault { fault }),
        }
    }
}
