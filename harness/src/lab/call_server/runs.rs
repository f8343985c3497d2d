use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::lab::local::LocalNode;

/// The runs that are under way: their nodes, and the host's ids of their process groups.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<Vec<(LocalNode, i32)>>);

impl Runs {
    /// Notes a run for as long as the value lives.
    pub(super) fn begin(&self, node: &LocalNode, group: i32) -> UnderWay<'_> {
        self.all().push((node.clone(), group));
        UnderWay { runs: self, group }
    }

    /// Kills the agents of all of them. The first process of a group, which the executor waits for, lives on: of a `stop`
    /// that is killed the cluster would have the node fenced.
    pub(super) fn kill_agents(&self) {
        for (node, group) in self.all().iter() {
            for process in node.left_of_group(*group) {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<(LocalNode, i32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that is under way.
pub(super) struct UnderWay<'a> {
    runs: &'a Runs,
    group: i32,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut all = self.runs.all();
        let own = all.iter().position(|(_, group)| *group == self.group);
        own.map(|own| all.swap_remove(own));
    }
}
