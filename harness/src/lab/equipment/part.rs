use std::fmt::Debug;
use std::io;
use std::path::PathBuf;

use crate::equipment::{Lock, PartFault, PartId};
use crate::lab::command::Finished;
use crate::lab::domain::LockedDisk;
use crate::lab::error::LabError;
use crate::lab::process::Process;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};

/// A part of a lab's equipment: what it needs of the machine, what it does to a node, and what is seen of it.
///
/// What a part does not say, it does not need.
pub(crate) trait Part: Debug + Sync {
    /// Which part it is.
    fn id(&self) -> PartId;

    /// Its name for people.
    fn name(&self) -> &'static str;

    /// Why nodes of this machine cannot have it: the end of a sentence; none when they can.
    fn lacking(&self) -> Option<String> {
        None
    }

    /// How a machine comes to have it, where installing packages does not do.
    fn remedy(&self) -> Option<&'static str> {
        None
    }

    /// Why a lab whose nodes are on other machines cannot have it, whatever these have; none when it can.
    fn lacking_across_machines(&self) -> Option<String> {
        None
    }

    /// Whether it takes machines whose clocks agree.
    fn needs_equal_clocks(&self) -> bool {
        false
    }

    // In the lab's first process.

    /// Makes what all nodes share, before any of them starts.
    fn prepare(&self, _lab: &LabSetup) -> LabResult<()> {
        Ok(())
    }

    /// Makes what a reset makes anew: called after `prepare` and at each reset.
    fn renew(&self, _lab: &LabSetup) -> LabResult<()> {
        Ok(())
    }

    /// Puts files into a node's own folders, once.
    fn furnish(&self, _node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        Ok(())
    }

    /// Writes a node's configuration files of its own; a reset does it again, for an agent may have changed them.
    fn configure(&self, _node: &NodeSetup) -> LabResult<()> {
        Ok(())
    }

    /// Lines for the configuration file of each of libvirt's daemons.
    fn libvirtd_settings(&self) -> &'static str {
        ""
    }

    /// Lines for `qemu.conf`.
    fn qemu_settings(&self) -> &'static str {
        ""
    }

    // In the node, whose host name and mounts are its own by then.

    /// Takes the node's first process where it belongs, while it still sees the machine's `/sys`. It has one thread.
    fn join(&self, _node: &NodeSetup) -> LabResult<()> {
        Ok(())
    }

    /// Mounts what the node is to see.
    fn mount(&self, _node: &NodeSetup) -> LabResult<()> {
        Ok(())
    }

    /// Whether its daemons start beside those of the other parts, which they do not need.
    fn starts_beside(&self) -> bool {
        false
    }

    /// Whether its daemons wait for those of the other nodes when they start.
    fn waits_for_others(&self) -> bool {
        false
    }

    /// Starts its daemons, those that do not run, and waits until they serve.
    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        Ok(())
    }

    /// Becomes its daemon, where that takes more than to execute a program.
    fn become_daemon(&self, _node: &NodeSetup) -> LabResult<()> {
        Err(format!("{} has no daemon", self.name()))
    }

    // From outside.

    /// Whether a process of that name is its own, and so are those that it starts. `by_init`: the node's first process
    /// is its parent.
    fn owns(&self, _name: &str, _by_init: bool) -> bool {
        false
    }

    /// First step of a reset: ends what a case has left in its daemons, before libvirt's are looked at.
    fn clear(&self, _node: &dyn PartNode) -> Result<(), LabError> {
        Ok(())
    }

    /// Last step of a reset: lets go what guests held that have ended by now.
    fn release(&self, _node: &dyn PartNode) -> Result<(), LabError> {
        Ok(())
    }

    /// Its daemon that holds something for a guest, by its name.
    fn holder(&self) -> Option<&'static str> {
        None
    }

    /// Kills what of it holds something for a guest, as the loss of a node does.
    fn kill(&self, node: &dyn PartNode) -> Result<(), LabError> {
        self.holder().map_or(Ok(()), |name| node.end_daemon(name))
    }

    /// Starts what `kill` has ended.
    fn revive(&self, node: &dyn PartNode) -> Result<(), LabError> {
        match self.holder().map(|name| node.own_daemon(name)) {
            Some(None) => node.start_part(self.id()),
            _ => Ok(()),
        }
    }

    /// Brings harm about that it offers.
    fn inject(&self, fault: PartFault, _node: &dyn PartNode) -> Result<(), LabError> {
        Err(LabError::NoSuchFault { fault })
    }

    // For guests, and for the witness.

    /// The second disk that the subject has because of it.
    fn locked_disk(&self) -> Option<LockedDisk> {
        None
    }

    /// The file by which it is seen whether a node holds the lock.
    fn lock_file(&self) -> Option<LockFile> {
        None
    }

    /// Whether a node holds the lock.
    ///
    /// # Errors
    /// When that cannot be seen.
    fn is_held(&self, _site: &LockSite) -> io::Result<bool> {
        Ok(false)
    }
}

/// A node, as a part reaches its own daemons from outside.
pub(crate) trait PartNode {
    /// The node's number, from 1.
    fn number(&self) -> u8;

    /// The lab's daemon of that name, if it lives.
    fn own_daemon(&self, name: &str) -> Option<Process>;

    /// Kills the lab's daemon of that name until nothing of it is left.
    ///
    /// # Errors
    /// When it has not ended within half a minute.
    fn end_daemon(&self, name: &str) -> Result<(), LabError>;

    /// Kills all processes whose names begin so, until none is left.
    ///
    /// # Errors
    /// When they have not ended within half a minute.
    fn end_all(&self, beginning: &str) -> Result<(), LabError>;

    /// All processes whose names begin so.
    fn all_named(&self, beginning: &str) -> Vec<Process>;

    /// Starts the daemons of a part in the node.
    ///
    /// # Errors
    /// When they do not come up.
    fn start_part(&self, part: PartId) -> Result<(), LabError>;

    /// Runs a command in the node to its end, and demands success.
    ///
    /// # Errors
    /// When it cannot run or does not succeed.
    fn run_command(&self, program: &str, args: &[&str]) -> Result<Finished, LabError>;
}

/// The file that a lock is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LockFile {
    /// By its path in the lab's tmpfs.
    Lab(String),
    /// By its path in the node.
    Node(PathBuf),
}

/// Where it is seen whether a node holds the lab's lock.
#[derive(Clone, Debug)]
pub struct LockSite {
    part: &'static dyn Part,
    /// The file that the lock is on: the disk, or a lease.
    pub(super) file: PathBuf,
    /// The node's number, from 1, by which a lease names its owner.
    pub(super) host: u64,
    /// The process table of the node.
    pub(super) proc: PathBuf,
}

impl LockSite {
    pub(crate) const fn new(
        part: &'static dyn Part,
        file: PathBuf,
        host: u64,
        proc: PathBuf,
    ) -> Self {
        Self {
            part,
            file,
            host,
            proc,
        }
    }

    /// The lock.
    #[must_use]
    pub fn lock(&self) -> Option<Lock> {
        match self.part.id() {
            PartId::Lock(lock) => Some(lock),
            PartId::Transport(_)
            | PartId::Daemons(_)
            | PartId::Cluster(_)
            | PartId::Fence(_)
            | PartId::Containers(_) => None,
        }
    }

    /// Whether the node holds it.
    ///
    /// # Errors
    /// When that cannot be seen.
    pub fn is_held(&self) -> io::Result<bool> {
        self.part.is_held(self)
    }
}
