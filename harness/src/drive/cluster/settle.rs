//! A wait until the cluster has nothing to do.

use std::time::{Duration, Instant};

use super::idle::{idle_belief, record};
use super::tools::has_controller;
use crate::drive::stage::Stage;
use crate::history::{Belief, NodeName};

/// For how long it has to be idle with one belief: a change is with the controller by then.
const STEADY: Duration = Duration::from_millis(100);

/// Looks whether the cluster is idle, again and again.
#[derive(Default)]
pub(in crate::drive) struct IdleWatch {
    /// What it believed at all looks since then.
    before: Option<(Instant, Belief)>,
    /// The node that decided when the cluster was last asked what it believes.
    dc: Option<NodeName>,
}

impl IdleWatch {
    /// Looks once, and records what the cluster believes if it has been idle for a while, which is returned.
    pub(in crate::drive) fn look(&mut self, stage: &Stage<'_>) -> bool {
        let now = Instant::now();
        let idle = idle_belief(stage, &mut self.dc);
        let Some(belief) = idle.filter(|belief| is_true(stage, belief)) else {
            self.before = None;
            return false;
        };
        match &self.before {
            Some((since, before)) if *before == belief => {
                let is_steady = since.elapsed() > STEADY;
                if is_steady {
                    record(stage, belief);
                }
                is_steady
            }
            _ => {
                self.before = Some((now, belief));
                false
            }
        }
    }
}

/// Whether the cluster knows which nodes' controllers run: else it has not noticed yet that one was lost, or has come.
fn is_true(stage: &Stage<'_>, belief: &Belief) -> bool {
    stage.lab.nodes().iter().all(|node| {
        let online = belief.nodes.get(node.name()).is_some_and(|it| it.online);
        online == has_controller(stage, &**node)
    })
}
