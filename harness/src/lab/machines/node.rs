use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde::de::DeserializeOwned;

use super::inventory::{Host, Inventory};
use super::link::{Link, PATIENCE};
use super::ssh::ssh;
use super::wire::Request;
use crate::history::NodeName;
use crate::lab::emulator::Emulator;
use crate::lab::error::LabError;
use crate::lab::exec::{Command, Finished, Running};
use crate::lab::node::{DaemonDo, Entry, Node};
use crate::lab::process::Process;

/// A node that a machine has raised.
#[derive(Debug)]
pub(super) struct MachineNode {
    pub(super) name: NodeName,
    pub(super) link: Arc<Link>,
    /// The socket of this machine that leads to its libvirtd.
    pub(super) libvirt: PathBuf,
    /// Where the files of this machine lie on that one.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
    /// The machine's id of the node's first process.
    pub(super) init: i32,
    pub(super) inventory: Inventory,
    pub(super) host: Host,
}

impl MachineNode {
    fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, LabError> {
        self.link.ask(request)
    }
}

impl Node for MachineNode {
    fn name(&self) -> &NodeName {
        &self.name
    }

    fn place_of(&self, file: &Path) -> PathBuf {
        self.files
            .get(file)
            .map_or_else(|| file.to_owned(), PathBuf::clone)
    }

    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError> {
        let pid = self.ask(&Request::Exec(command.clone()))?;
        Ok(Box::new(MachineRunning {
            link: Arc::clone(&self.link),
            pid,
            waited: false,
        }))
    }

    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError> {
        self.ask(&Request::Read(path.to_owned()))
    }

    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError> {
        self.ask(&Request::Put(path.to_owned(), entry.clone()))
    }

    fn remove(&self, path: &Path) -> Result<(), LabError> {
        self.ask(&Request::Remove(path.to_owned()))
    }

    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError> {
        self.ask(&Request::Mode(path.to_owned()))
    }

    fn processes(&self) -> Result<Vec<Process>, LabError> {
        self.ask(&Request::Processes)
    }

    fn emulators(&self) -> Result<Vec<Emulator>, LabError> {
        self.ask(&Request::Emulators)
    }

    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError> {
        self.ask(&Request::Signal(pid, signal as i32))
    }

    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError> {
        self.ask(&Request::SignalGroup(group, signal as i32))
    }

    fn libvirt_uri(&self) -> String {
        format!("qemu+unix:///system?socket={}", self.libvirt.display())
    }

    fn daemon(&self, what: DaemonDo) -> Result<(), LabError> {
        self.ask(&Request::Daemon(what))
    }

    fn libvirtd(&self) -> Result<Option<Process>, LabError> {
        self.ask(&Request::Libvirtd)
    }

    fn kill_lock_daemon(&self) -> Result<(), LabError> {
        // Machines share no folder, so none of their labs has a lock.
        Ok(())
    }

    fn revive_lock_daemon(&self) -> Result<(), LabError> {
        Ok(())
    }

    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError> {
        self.ask(&Request::Strays(but.to_owned()))
    }

    fn clear(&self, but: &str) -> Result<(), LabError> {
        self.ask(&Request::Clear(but.to_owned()))
    }

    fn enter(&self) -> std::process::Command {
        let mut command = ssh(&self.inventory, &["-t".to_owned()], &self.host);
        command.args(&self.inventory.become_root);
        command.args(["nsenter", "--target", &self.init.to_string()]);
        command.args(["--mount", "--pid", "--net", "--uts", "--ipc", "--"]);
        command
    }
}

/// A command in a machine's node.
#[derive(Debug)]
struct MachineRunning {
    link: Arc<Link>,
    pid: i32,
    waited: bool,
}

impl Running for MachineRunning {
    fn pid(&self) -> i32 {
        self.pid
    }

    fn signal(&self, signal: Signal) {
        // One that cannot be reached is told of by who waits for it.
        let _ = self
            .link
            .ask::<()>(&Request::SignalGroup(self.pid, signal as i32));
    }

    fn wait(mut self: Box<Self>, deadline: Instant) -> Result<Finished, LabError> {
        self.waited = true;
        let left = deadline.saturating_duration_since(Instant::now());
        let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        // The machine keeps the deadline, so that a slow connection takes nothing off an agent's time.
        let request = Request::Wait(self.pid, millis);
        self.link.ask_for(
            &request,
            Duration::from_millis(millis).saturating_add(PATIENCE),
        )
    }
}

impl Drop for MachineRunning {
    fn drop(&mut self) {
        if !self.waited {
            let _ = self.link.ask::<()>(&Request::GiveUp(self.pid));
        }
    }
}
