//! The power of the nodes of this machine: cut by a fence device, or by a case.
//!
//! First both cables are pulled: the kernel would send resets for the dead, which no machine without power does, and the
//! other node would notice at once. Then all processes are killed from outside, and proved gone.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tracing::debug;

use super::node::LocalNode;
use super::tree::Tree;
use crate::history::NodeName;
use crate::lab::cable::Cable;
use crate::lab::error::LabError;
use crate::lab::node::{
    DaemonAction, DaemonControl as _, Node as _, PartControl as _, PowerControl,
};
use crate::lab::process;
use crate::lab::request::LabRequest;
use crate::lab::wait::wait_until;

impl PowerControl for Tree {
    fn has_power(&self, node: &NodeName) -> bool {
        !self.power.without().contains(node)
    }

    fn lost_power(&self) -> Option<NodeName> {
        self.power.lost().first().cloned()
    }

    fn cut_power(&self, name: &NodeName, by: Option<&NodeName>) -> Result<bool, LabError> {
        let node = self.local_node(name)?;
        let mut without = self.power.without();
        if by.is_some_and(|by| without.contains(by)) {
            return Ok(false);
        }
        // Noted before it is done: what came about only in part is no whole lab either.
        without.insert(name.clone());
        self.power.lost().insert(name.clone());
        for cable in Cable::ALL_CUT {
            self.change_cable(name, cable)?;
        }
        node.kill_everything()?;
        debug!("node {name} has no power");
        Ok(true)
    }

    fn raise_again(&self, name: &NodeName) -> Result<bool, LabError> {
        let node = self.local_node(name)?;
        if self.has_power(name) {
            return Ok(false);
        }
        self.change_cable(name, Cable::Whole)?;
        self.power.without().remove(name);
        node.control_daemon(DaemonAction::Start)?;
        node.trust_daemon();
        Ok(false)
    }

    fn join_again(&self, name: &NodeName) -> Result<(), LabError> {
        self.local_node(name)?.revive_parts()
    }
}

impl Tree {
    fn change_cable(&self, node: &NodeName, cable: Cable) -> Result<(), LabError> {
        let node = node.clone();
        let pace = 1;
        self.request(&LabRequest::Cable { node, cable, pace })
            .map(drop)
    }

    fn local_node(&self, name: &NodeName) -> Result<&LocalNode, LabError> {
        let found = self.nodes().iter().find(|node| node.name() == name);
        found.ok_or_else(|| LabError::NoSuchNode(name.clone()))
    }
}

impl LocalNode {
    /// Kills all that runs in the node but its first process, and proves it.
    fn kill_everything(&self) -> Result<(), LabError> {
        wait_until(&format!("node {}: nothing runs", self.name), || {
            let others = self.processes.all().into_iter();
            for process in others.filter(|process| process.pid != self.init) {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
            }
            process::pids(&self.outside(Path::new("/proc"))) == [1]
        })
    }
}
