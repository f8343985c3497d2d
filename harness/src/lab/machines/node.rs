use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde::de::DeserializeOwned;

use super::link::{Link, PATIENCE};
use super::power;
use super::site::{RAISING, Site, Up};
use super::ssh::ssh;
use super::wire::Request;
use crate::equipment::PartFault;
use crate::history::NodeName;
use crate::lab::cable::Cable;
use crate::lab::command::{Command, Finished, Running};
use crate::lab::emulator::Emulator;
use crate::lab::error::LabError;
use crate::lab::inventory::Power;
use crate::lab::node::{
    CommandRunner, DaemonAction, DaemonControl, DaemonRequest, Entry, FileAccess, FileRequest,
    Node, PartControl, PartRequest, ProcessControl, ProcessRequest,
};
use crate::lab::process::Process;
use crate::lab::qmp::{QmpAnswer, QmpCommand};
use crate::lab::request::{LabAnswer, LabRequest};
use crate::shell_quote::quote;

/// How long a machine may take to start what takes all nodes.
const JOINING: Duration = Duration::from_secs(400);

/// How long a machine may take to cut a cable before its power goes.
const UNPLUGGING: Duration = Duration::from_secs(3);

/// A node that a machine has raised.
#[derive(Debug)]
pub(in crate::lab) struct MachineNode {
    site: Site,
    /// None while its machine has no power.
    up: RwLock<Option<Up>>,
    /// Whether it has no power.
    is_off: AtomicBool,
    /// Whether its machine has none.
    is_dark: AtomicBool,
    lost_power: AtomicBool,
}

impl MachineNode {
    pub(super) fn new(site: Site, up: Up) -> Self {
        Self {
            site,
            up: RwLock::new(Some(up)),
            is_off: AtomicBool::new(false),
            is_dark: AtomicBool::new(false),
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

    /// Whether it has its power.
    pub(super) fn has_power(&self) -> bool {
        !self.is_off.load(Ordering::Relaxed)
    }

    /// Whether it is reached.
    pub(super) fn is_alive(&self) -> bool {
        self.up().is_some_and(|up| up.link.is_alive())
    }

    /// Whether it was ever without power.
    pub(super) fn lost_power(&self) -> bool {
        self.lost_power.load(Ordering::Relaxed)
    }

    /// The socket of this machine at which the harness hears what the node's cluster calls.
    pub(in crate::lab) fn call_socket(&self) -> &Path {
        &self.site.calls
    }

    /// Takes the power of its machine; where the inventory does not say how, that of the node alone.
    ///
    /// # Errors
    /// When it has no effect.
    pub(super) fn cut_power(&self) -> Result<(), LabError> {
        if !self.has_power() {
            return Ok(());
        }
        let link = self.link()?;
        // Noted before it is done: what came about only in part is no whole lab either.
        self.lost_power.store(true, Ordering::Relaxed);
        self.is_off.store(true, Ordering::Relaxed);
        let done = match &self.site.inventory.power {
            Some(power) => self.cut_power_of_machine(&link, power),
            None => link.ask(&Request::CutPower),
        };
        if done.is_err() {
            self.is_off.store(false, Ordering::Relaxed);
        }
        done
    }

    fn cut_power_of_machine(&self, link: &Link, power: &Power) -> Result<(), LabError> {
        let Site {
            inventory,
            host,
            node,
            ..
        } = &self.site;
        // Told before: the connection may end before the command does.
        link.expect_cut();
        // First, for a command may take its time. A machine that does not answer any more loses its power all the same.
        for cable in Cable::ALL_CUT {
            let (node, pace) = (node.clone(), 1);
            let cut = LabRequest::Cable { node, cable, pace };
            let _ = link.ask_for::<LabAnswer>(&Request::Lab(cut), UNPLUGGING);
        }
        power::cut(inventory, power, host)?;
        self.is_dark.store(true, Ordering::Relaxed);
        self.set_up(None);
        link.sever();
        Ok(())
    }

    /// Gives its machine its power, if that was cut.
    ///
    /// # Errors
    /// When the inventory's command fails.
    pub(in crate::lab) fn give_power(&self) -> Result<(), LabError> {
        match self.is_dark.swap(false, Ordering::Relaxed) {
            true => self.site.give_power(),
            false => Ok(()),
        }
    }

    /// Raises the node again; anew, and once its machine has booted, if that was without power. Whether it is a new one.
    ///
    /// # Errors
    /// When the machine does not boot, or the node does not come up.
    pub(super) fn raise_again(&self) -> Result<bool, LabError> {
        if self.has_power() {
            return Ok(false);
        }
        self.give_power()?;
        let is_new = match self.up() {
            Some(up) => up.link.ask_for(&Request::RaiseAgain, RAISING)?,
            None => self.raise_anew().map(|()| true)?,
        };
        self.is_off.store(false, Ordering::Relaxed);
        Ok(is_new)
    }

    fn raise_anew(&self) -> Result<(), LabError> {
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

    fn qmp(&self, pid: i32, command: QmpCommand) -> Result<QmpAnswer, LabError> {
        self.ask_node(ProcessRequest::Qmp(pid, command))
    }

    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError> {
        self.ask_node(ProcessRequest::Strays(but.to_owned()))
    }

    fn left_of_group(&self, first: i32) -> Result<Vec<Process>, LabError> {
        self.ask_what_runs(ProcessRequest::LeftOfGroup(first))
    }

    fn waited(&self) -> Result<Option<u64>, LabError> {
        self.ask_node(ProcessRequest::Waited)
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

impl PartControl for MachineNode {
    fn kill_parts(&self) -> Result<(), LabError> {
        self.ask_node(PartRequest::Kill)
    }

    fn revive_parts(&self) -> Result<(), LabError> {
        self.link()?.ask_for(&PartRequest::Revive.into(), JOINING)
    }

    fn release_parts(&self) -> Result<(), LabError> {
        self.ask_node(PartRequest::Release)
    }

    fn inject(&self, fault: PartFault) -> Result<(), LabError> {
        self.ask_node(PartRequest::Inject(fault))
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
