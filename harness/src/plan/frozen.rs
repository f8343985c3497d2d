//! What a case asks of a live migration, for agents that freeze a guest on one node and thaw it on the other.
//!
//! Between the two halves the guest runs nowhere, and neither node knows of the other: so such an agent is asked about the
//! state of things once the second half, or a `stop`, has followed the first; and of first halves that fail, about those
//! that fail on their own node. It meets no network between the two: the nodes share a folder.

use crate::case::{CaseSpec, Fault, GivenState, NetworkDo, Run, Step};
use crate::history::NodeName;
use crate::ocf::{Code, Returned, Verb};

/// Whether the case asks that a guest runs on while it moves, or arrives with the first half of a migration, or that the
/// first half finds out what is wrong with the target.
pub(super) fn asks_for_live_migration(case: &CaseSpec) -> bool {
    let mut so_far = SoFar {
        case,
        is_frozen: false,
        harmed: Vec::new(),
    };
    let mut steps = case.steps().into_iter();
    steps.any(|at| so_far.is_asked_live(at.step)) || so_far.is_frozen
}

/// What the steps until now have brought about.
struct SoFar<'a> {
    case: &'a CaseSpec,
    /// Whether a guest was frozen and neither thawed nor stopped.
    is_frozen: bool,
    /// Nodes on which the engine's tool may be down.
    harmed: Vec<&'a NodeName>,
}

impl<'a> SoFar<'a> {
    fn is_asked_live(&mut self, step: &'a Step) -> bool {
        match step {
            Step::Run(run) => self.is_run_live(run),
            Step::Fault(Fault::Daemon { node, .. }) => {
                self.harmed.push(node);
                false
            }
            // The cluster migrates the guest, which is to fail for want of the network.
            Step::Fault(Fault::Network(NetworkDo::Cut(_))) => {
                let needs = &self.case.needs;
                needs.cluster.is_some() && needs.actions.contains(&Verb::MigrateTo)
            }
            Step::Fault(_) => false,
            Step::Heal(_) | Step::Together(_) => false,
            _ => self.is_frozen,
        }
    }

    fn is_run_live(&mut self, run: &Run) -> bool {
        match &run.action {
            Some(Verb::MigrateTo) => {
                let is_live = self.is_frozen || self.is_first_half_live(run);
                self.is_frozen = may_succeed(run);
                is_live
            }
            Some(Verb::MigrateFrom | Verb::Stop) => {
                self.is_frozen = false;
                !run.during.is_empty() && run.action == Some(Verb::MigrateFrom)
            }
            _ => self.is_frozen,
        }
    }

    fn is_first_half_live(&self, run: &Run) -> bool {
        let given = self.case.given.states.get(&run.node);
        let is_there = given.is_none_or(|state| *state != GivenState::Absent);
        let is_moment = !run.during.is_empty() || run.kill_after.is_some();
        is_moment || (!may_succeed(run) && is_there && !self.harmed.contains(&&run.node))
    }
}

fn may_succeed(run: &Run) -> bool {
    let success = Returned::Code(Code::Success);
    run.returns.0.contains(&success)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Suite;

    #[test]
    fn what_is_asked_once_a_guest_was_thawed_or_stopped_needs_no_live_migration() {
        let suite = Suite::shipped().expect("it is good");
        let is_live = |id: &str| {
            let case = suite.case(id);
            asks_for_live_migration(&case.expect("it is there").spec)
        };
        for id in [
            "migrate::there-and-back",
            "migrate::stop-source-cut-off",
            "migrate::repeated-from",
            "migrate::partial-stops-at-once",
            "migrate::nothing-came",
            "migrate::not-running-here::absent",
            "daemon::migrate-to::freeze",
            "start::absent",
            "cluster::moves::move",
            "cluster::ring-cut",
        ] {
            assert!(!is_live(id), "{id}");
        }
        for id in [
            "migrate::whole::tcp",
            "migrate::repeated-to",
            "migrate::no-target",
            "migrate::target-cut-off",
            "migrate::target-daemon-gone",
            "migrate::killed-late::arrived",
            "migrate::slow-link",
            "cluster::target-cut-off",
            "cluster::network-cut-and-constraint-gone",
        ] {
            assert!(is_live(id), "{id}");
        }
    }
}
