use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::commands::Commands;
use super::files::Files;
use super::processes::Processes;
use crate::history::NodeName;
use crate::lab::capabilities::{self, Capabilities};
use crate::lab::equipment::{self, LibvirtDaemons, Part};
use crate::lab::error::LabError;
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
    pub(super) setup: NodeSetup,
    pub(super) parts: Vec<&'static dyn Part>,
    pub(super) daemons: &'static LibvirtDaemons,
    /// The guests' daemon that the lab itself started, with the lab's configuration.
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
        let parts = equipment::parts(&setup.equipment);
        Ok(Self {
            files: Files::new(name.clone(), init),
            name,
            init,
            user_namespace,
            commands: Arc::new(commands),
            processes: Arc::new(Processes::new(init, parts.clone())),
            setup: setup.clone(),
            parts,
            daemons: equipment::daemons(&setup.equipment),
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

    /// Gives it what another node's libvirt has found out about QEMU.
    ///
    /// # Errors
    /// The files cannot be written.
    pub(in crate::lab) fn learn(&self, found: &Capabilities) -> io::Result<()> {
        found.put_into(&self.outside(Path::new(capabilities::PLACE)))
    }

    /// The path under which a path of the node is seen from outside; a symbolic link on it may lead astray.
    pub(in crate::lab) fn outside(&self, path: &Path) -> PathBuf {
        self.files.outside(path)
    }
}
