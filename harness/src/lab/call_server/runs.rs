use std::sync::{Mutex, MutexGuard, PoisonError};

use super::calling_node::CallingNode;

/// The runs that are under way: their nodes, and the ids of their first processes in them.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<Vec<(CallingNode, i32)>>);

impl Runs {
    /// Notes a run for as long as the value lives.
    pub(super) fn begin<'a>(&'a self, node: &'a CallingNode, process: i32) -> UnderWay<'a> {
        self.all().push((node.clone(), process));
        UnderWay {
            runs: self,
            node,
            process,
        }
    }

    /// Kills the agents of all of them. The first process of a group, which the executor waits for, lives on: of a `stop`
    /// that is killed the cluster would have the node fenced.
    pub(super) fn kill_agents(&self) {
        for (node, process) in self.all().iter() {
            node.kill_left_of_group(*process);
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<(CallingNode, i32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that is under way.
pub(super) struct UnderWay<'a> {
    runs: &'a Runs,
    node: &'a CallingNode,
    process: i32,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut all = self.runs.all();
        let is_own = |(node, process): &(CallingNode, i32)| {
            node.name() == self.node.name() && *process == self.process
        };
        let own = all.iter().position(is_own);
        own.map(|own| all.swap_remove(own));
    }
}
