use std::sync::{Arc, Weak};

use nix::sys::signal::Signal;

use crate::history::NodeName;
use crate::lab::node::Node;
use crate::lab::process::Process;

/// A node whose cluster calls. It is not kept up by that: a call may last as long as its node does.
#[derive(Clone, Debug)]
pub(super) struct CallingNode {
    name: NodeName,
    node: Weak<dyn Node>,
}

impl CallingNode {
    pub(super) fn new(node: &Arc<dyn Node>) -> Self {
        Self {
            name: node.name().clone(),
            node: Arc::downgrade(node),
        }
    }

    pub(super) const fn name(&self) -> &NodeName {
        &self.name
    }

    /// The processes that are left of a group, by the id that its first one has in the node; none of a node that is gone.
    pub(super) fn left_of_group(&self, first: i32) -> Vec<Process> {
        let node = self.node.upgrade();
        node.and_then(|node| node.left_of_group(first).ok())
            .unwrap_or_default()
    }

    /// Kills those processes.
    pub(super) fn kill_left_of_group(&self, first: i32) {
        let Some(node) = self.node.upgrade() else {
            return;
        };
        for process in self.left_of_group(first) {
            // One that has just ended is what was wanted.
            let _ = node.signal(process.pid, Signal::SIGKILL);
        }
    }

    /// For how many microseconds some task of its machine has waited for a processor.
    pub(super) fn waited(&self) -> Option<u64> {
        self.node.upgrade()?.waited().ok().flatten()
    }
}
