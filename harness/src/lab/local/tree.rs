//! The process tree of a lab, and how it ends.
//!
//! The harness starts `unshare`, which makes the lab's namespaces and runs this same binary with a hidden subcommand as
//! PID 1. `unshare` rather than a system call of our own: a process with threads cannot enter a user namespace. For an
//! ordinary user all of it is inside a user namespace with subordinate ids, and nothing of the user's own libvirt is
//! seen or touched.
//!
//! **It ends by EOF.** PID 1 reads its standard input, a pipe whose other end only the harness holds. Whatever ends the
//! harness, SIGKILL included, closes the pipe; PID 1 exits, and the kernel ends every process, mount and network in its
//! namespaces. There is nothing to clean up and no file outside the lab's tmpfs, but for the empty cgroups of labs that run
//! containers (`cgroups.rs`).
//!
//! **No list of labs is kept.** A lab lives as long as the command that holds it. `lab status` finds those commands in
//! the process table, as the parents of the labs' first processes, and `lab down` asks them to end, as Ctrl-C would.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::unistd::Uid;
use tracing::debug;

use super::launch::{Control, spawn};
use super::node::LocalNode;
use super::power::Power;
use crate::lab::capabilities::Capabilities;
use crate::lab::cgroups;
use crate::lab::error::LabError;
use crate::lab::process::{self, Process};
use crate::lab::processor_time;
use crate::lab::request::{LabAnswer, LabRequest};
use crate::lab::setup::{LabSetup, NodeSetup};
use crate::lab::subcommand::Hidden;

/// One process tree in namespaces of its own: a whole local lab, or one machine's part of a lab on several.
/// Dropped, it is gone with all its processes, mounts and networks.
#[derive(Debug)]
pub(in crate::lab) struct Tree {
    init: i32,
    nodes: Vec<LocalNode>,
    control: Mutex<Control>,
    unshare: Child,
    kept: Vec<String>,
    /// Whether its nodes have cgroups of their own, which do not end with it.
    has_cgroups: bool,
    pub(super) power: Power,
}

impl Tree {
    /// Builds what is asked for, with libvirtd answering on each node. `program` is run inside; `known` is what
    /// libvirt found out about this machine's QEMU before.
    ///
    /// # Errors
    /// When a tool or a permission is missing, or something does not start.
    pub(in crate::lab) fn grow(
        program: &Path,
        setup: &LabSetup,
        known: &Capabilities,
    ) -> Result<Self, LabError> {
        let rootless = !Uid::effective().is_root();
        let mut unshare = spawn(program, setup, rootless)?;
        let lab = unshare.id();
        let control = Control::new(&mut unshare)?;
        debug!(lab, "unshare starts the first process");
        // From here on dropping the tree ends what has been started.
        let mut tree = Self {
            init: 0,
            nodes: Vec::new(),
            control: Mutex::new(control),
            unshare,
            kept: Vec::new(),
            has_cgroups: setup.equipment().containers.is_some(),
            power: Power::default(),
        };
        let mut control = tree.control();
        // One that has ended already says why in its answer.
        let _ = control.send(known);
        let kept = control.receive(|why| LabError::NotUp { why })?;
        drop(control);
        tree.kept = kept;
        tree.find_processes(setup, rootless)?;
        debug!(lab, first_process = tree.init, "the process tree is up");
        tree.nodes.iter().for_each(LocalNode::trust_daemon);
        Ok(tree)
    }

    fn find_processes(&mut self, setup: &LabSetup, rootless: bool) -> Result<(), LabError> {
        let lost = |what: &str| LabError::NotUp {
            why: format!("cannot find {what} in /proc"),
        };
        let unshare = self.unshare.id().cast_signed();
        let init = process::children(unshare).into_iter().find(|found| {
            found
                .args
                .get(1)
                .is_some_and(|arg| arg == Hidden::LabInit.word())
        });
        self.init = init.ok_or_else(|| lost("the lab's first process"))?.pid;
        let inside: Vec<_> = process::children(self.init)
            .iter()
            .flat_map(|unshare| process::children(unshare.pid))
            .collect();
        let node = |setup: &NodeSetup| {
            let named = |found: &&Process| found.args.get(2) == Some(&setup.name);
            let found = inside.iter().find(named);
            let found = found.ok_or_else(|| lost(&format!("node {}", setup.name)))?;
            LocalNode::new(setup, found.pid, rootless)
        };
        self.nodes = setup.raised().map(node).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// What the log calls it: the id of the process that made its namespaces.
    pub(in crate::lab) fn id(&self) -> u32 {
        self.unshare.id()
    }

    /// The id of its first process.
    pub(in crate::lab) const fn pid(&self) -> i32 {
        self.init
    }

    /// What its processes have of the harness's own caller, which may not be changed: ends of a sentence.
    pub(in crate::lab) fn kept(&self) -> &[String] {
        &self.kept
    }

    /// Whether its first process runs.
    pub(in crate::lab) fn is_alive(&self) -> bool {
        Process::read(self.init).is_some_and(|init| !init.has_ended())
    }

    /// The nodes that it has raised.
    pub(in crate::lab) fn nodes(&self) -> &[LocalNode] {
        &self.nodes
    }

    /// A file on its tmpfs, as it is reached from outside.
    pub(in crate::lab) fn file(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/run/{path}", self.init))
    }

    /// Asks its first process for something.
    pub(in crate::lab) fn request(&self, request: &LabRequest) -> Result<LabAnswer, LabError> {
        let failed = |why| LabError::NotAnswering {
            request: request.to_string(),
            why,
        };
        let began = Instant::now();
        let mut control = self.control();
        let sent = control.send(request).map_err(failed);
        let answer = sent.and_then(|()| control.receive(failed));
        let (lab, took) = (self.id(), began.elapsed());
        match &answer {
            Ok(_) => debug!(lab, ?took, "{request}"),
            Err(error) => debug!(lab, ?took, "{error}"),
        }
        answer
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let control = self
            .control
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        processor_time::note_end(self.init);
        drop(control.requests.take());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && matches!(self.unshare.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(2));
        }
        // `--kill-child` takes the whole tree along.
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
        if self.has_cgroups {
            cgroups::remove();
        }
        debug!(lab = self.unshare.id(), "the lab has ended");
    }
}
