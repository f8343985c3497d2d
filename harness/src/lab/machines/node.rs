use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde::de::DeserializeOwned;

use super::link::{Link, PATIENCE};
use super::power;
use super::site::{Site, Up};
use super::ssh::ssh;
use super::wire::Request;
use crate::history::NodeName;
use crate::lab::command::{Command, Finished, Running};
use crate::lab::emulator::Emulator;
use crate::lab::error::LabError;
use crate::lab::node::{
    CommandRunner, DaemonAction, DaemonControl, DaemonRequest, Entry, FileAccess, FileRequest,
    Node, PartControl, ProcessControl, ProcessRequest,
};
use crate::lab::process::Process;
use crate::lab::request::{LabAnswer, LabRequest};
use crate::shell_quote::quote;

/// A node that a machine has raised.
#[derive(Debug)]
pub(in crate::lab) struct MachineNode {
    site: Site,
    /// None while its machine has no power.
    up: RwLock<Option<Up>>,
    lost_power: AtomicBool,
}

impl MachineNode {
    pub(super) fn new(site: Site, up: Up) -> Self {
        Self {
            site,
            up: RwLock::new(Some(up)),
            lost_power: AtomicBool::new(false),
        }
    }

    /// The node as it is up now; none while its machine has no power.
    fn up(&self) -> Option<Up> {
        let up = self.up.read().unwrap_or_else(PoisonError::into_inner);
        up.clone()
    }

    fn set_up(&self, up: Option<Up>) {
        *self.up.write().unwrap_or_else(PoisonError::into_inner) = up;
    }

    /// Whether its machine's power can be cut.
    pub(super) const fn has_power_switch(&self) -> bool {
        self.site.inventory.power.is_some()
    }

    /// Asks the machine's relay for something that takes no longer than usual.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, LabError> {
        self.link()?.ask(request)
    }

    fn link(&self) -> Result<Arc<Link>, LabError> {
        let up = self.up().ok_or_else(|| LabError::Lost {
            host: self.site.host.host.clone(),
            why: "its power was cut".to_owned(),
        })?;
        Ok(up.link)
    }

    /// Asks the machine's node for something that takes no longer than usual.
    fn ask_node<T: DeserializeOwned>(&self, request: impl Into<Request>) -> Result<T, LabError> {
        self.ask(&request.into())
    }

    /// The same, but an empty list where the machine has no power: nothing runs there.
    fn ask_what_runs<T: DeserializeOwned>(
        &self,
        request: ProcessRequest,
    ) -> Result<Vec<T>, LabError> {
        match self.up() {
            Some(up) => up.link.ask(&request.into()),
            None => Ok(Vec::new()),
        }
    }

    /// Whether its machine has its power.
    pub(in crate::lab) fn has_power(&self) -> bool {
        self.up().is_some()
    }

    /// Whether it is reached.
    pub(super) fn is_alive(&self) -> bool {
        self.up().is_some_and(|up| up.link.is_alive())
    }

    /// Whether its machine's power was ever cut.
    pub(super) fn lost_power(&self) -> bool {
        self.lost_power.load(Ordering::Relaxed)
    }

    /// Cuts the power of its machine.
    ///
    /// # Errors
    /// When the inventory does not say how, or it has no effect.
    pub(in crate::lab) fn cut_power(&self) -> Result<(), LabError> {
        let (inventory, host) = (&self.site.inventory, &self.site.host);
        let power = inventory.power.as_ref();
        let power = power.ok_or_else(|| LabError::NoPower(self.site.node.clone()))?;
        let link = self.link()?;
        self.lost_power.store(true, Ordering::Relaxed);
        // Told before: the connection may end before the command does.
        link.expect_cut();
        power::cut(inventory, power, host)?;
        self.set_up(None);
        link.sever();
        Ok(())
    }

    /// Gives its machine power again.
    ///
    /// # Errors
    /// When the inventory's command fails.
    pub(in crate::lab) fn give_power(&self) -> Result<(), LabError> {
        self.site.give_power()
    }

    /// Raises the node anew once its machine has booted.
    ///
    /// # Errors
    /// When the machine does not boot, or the node does not come up.
    pub(in crate::lab) fn raise_again(&self) -> Result<(), LabError> {
        let up = self.site.raise(self.site.await_boot()?)?;
        // From here on what comes and goes there is the case's.
        up.link
            .ask::<LabAnswer>(&Request::Lab(LabRequest::RememberFiles))?;
        self.set_up(Some(up));
        Ok(())
    }
}

impl Node for MachineNode {
    fn name(&self) -> &NodeName {
        &self.site.node
    }

    fn clear(&self, but: &str) -> Result<(), LabError> {
        self.ask(&Request::Clear(but.to_owned()))
    }
}

impl CommandRunner for MachineNode {
    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError> {
        let link = self.link()?;
        let pid = link.ask(&Request::Exec(command.clone()))?;
        Ok(Box::new(MachineRunning {
            link,
            pid,
            waited: false,
        }))
    }

    fn enter(&self) -> std::process::Command {
        let Site {
            inventory, host, ..
        } = &self.site;
        let mut command = ssh(inventory, &["-t".to_owned()], host);
        command.args(inventory.become_root.iter().map(|word| quote(word)));
        let init = self.up().map_or(0, |up| up.init).to_string();
        command.args(["nsenter", "--target", &init]);
        command.args(["--mount", "--pid", "--net", "--uts", "--ipc", "--"]);
        command
    }

    fn place_of(&self, file: &Path) -> PathBuf {
        let there = self.up().and_then(|mut up| up.files.remove(file));
        there.unwrap_or_else(|| file.to_owned())
    }
}

impl FileAccess for MachineNode {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError> {
        self.ask_node(FileRequest::Read(path.to_owned()))
    }

    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError> {
        self.ask_node(FileRequest::Put(path.to_owned(), entry.clone()))
    }

    fn remove(&self, path: &Path) -> Result<(), LabError> {
        self.ask_node(FileRequest::Remove(path.to_owned()))
    }

    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError> {
        self.ask_node(FileRequest::Mode(path.to_owned()))
    }
}

impl ProcessControl for MachineNode {
    fn processes(&self) -> Result<Vec<Process>, LabError> {
        self.ask_what_runs(ProcessRequest::Processes)
    }

    fn emulators(&self) -> Result<Vec<Emulator>, LabError> {
        self.ask_what_runs(ProcessRequest::Emulators)
    }

    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError> {
        self.ask_node(ProcessRequest::Strays(but.to_owned()))
    }

    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError> {
        self.ask_node(ProcessRequest::Signal(pid, signal as i32))
    }

    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError> {
        self.ask_node(ProcessRequest::SignalGroup(group, signal as i32))
    }
}

impl DaemonControl for MachineNode {
    fn daemon_socket(&self) -> PathBuf {
        self.site.libvirt.clone()
    }

    fn control_daemon(&self, action: DaemonAction) -> Result<(), LabError> {
        self.ask_node(DaemonRequest::Control(action))
    }

    fn daemon_process(&self) -> Result<Option<Process>, LabError> {
        self.ask_node(DaemonRequest::Process)
    }
}

// Only locks hold something for a guest, and machines share no folder that one could be in.
impl PartControl for MachineNode {}

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
        let request = ProcessRequest::SignalGroup(self.pid, signal as i32);
        let _ = self.link.ask::<()>(&request.into());
    }

    fn wait(mut self: Box<Self>, deadline: Instant) -> Result<Finished, LabError> {
        self.waited = true;
        let left = deadline.saturating_duration_since(Instant::now());
        let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        // The machine keeps the deadline, so that a slow connection takes nothing off an agent's time.
        let request = Request::Wait(self.pid, millis);
        let patience = Duration::from_millis(millis).saturating_add(PATIENCE);
        match self.link.ask_for(&request, patience) {
            Err(LabError::Lost { .. }) if self.link.is_cut() => Ok(Finished::killed()),
            answer => answer,
        }
    }
}

impl Drop for MachineRunning {
    fn drop(&mut self) {
        if !self.waited {
            let _ = self.link.ask::<()>(&Request::GiveUp(self.pid));
        }
    }
}
