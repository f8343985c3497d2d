use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::commands::Commands;
use super::files::Files;
use super::processes::Processes;
use crate::history::{Daemons, Lock, NodeName, Transport};
use crate::lab::capabilities::{self, Capabilities};
use crate::lab::error::LabError;
use crate::lab::node::wait_until;
use crate::lab::process::Process;
use crate::lab::setup::NodeSetup;

/// A node of this machine, in namespaces of its own. Clones are the same node.
#[derive(Clone, Debug)]
pub(in crate::lab) struct LocalNode {
    pub(super) name: NodeName,
    pub(super) init: i32,
    pub(super) user_namespace: bool,
    pub(super) commands: Arc<Commands>,
    pub(super) processes: Arc<Processes>,
    pub(super) files: Files,
    pub(super) lock: Option<Lock>,
    pub(super) transport: Transport,
    pub(super) daemons: Daemons,
    /// The libvirtd that the lab itself started, with the lab's configuration.
    pub(super) daemon: Arc<Mutex<Option<Process>>>,
}

impl LocalNode {
    /// The node whose first process has this id on the host, which waits for commands by now.
    pub(super) fn new(
        setup: &NodeSetup,
        init: i32,
        user_namespace: bool,
    ) -> Result<Self, LabError> {
        let name = NodeName::from(setup.name.as_str());
        let commands = Commands::connect(init).map_err(|error| LabError::NotUp {
            why: format!("node {name} takes no commands: {error}"),
        })?;
        Ok(Self {
            files: Files::new(name.clone(), init),
            name,
            init,
            user_namespace,
            commands: Arc::new(commands),
            processes: Arc::new(Processes::new(init, setup.daemons())),
            lock: setup.lock,
            transport: setup.transport,
            daemons: setup.daemons(),
            daemon: Arc::default(),
        })
    }

    /// The host's id of the node's first process.
    pub(in crate::lab) const fn init(&self) -> i32 {
        self.init
    }

    /// What its libvirt has found out about QEMU.
    pub(in crate::lab) fn capabilities(&self) -> Capabilities {
        Capabilities::in_folder(&self.outside(Path::new(capabilities::PLACE)))
    }

    /// The path under which a path of the node is seen from outside; a symbolic link on it may lead astray.
    pub(in crate::lab) fn outside(&self, path: &Path) -> PathBuf {
        self.files.outside(path)
    }

    /// The lab's daemon of that name.
    pub(super) fn own_daemon(&self, name: &str) -> Option<Process> {
        self.processes.own_daemon(name)
    }

    /// Kills the lab's daemon of that name until nothing of it is left.
    pub(super) fn end_daemon(&self, name: &str) -> Result<(), LabError> {
        wait_until(&format!("node {}: {name} is gone", self.name), || {
            let left = self.processes.left_of(name);
            for found in &left {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(found.pid), Signal::SIGKILL);
            }
            left.is_empty()
        })
    }
}
