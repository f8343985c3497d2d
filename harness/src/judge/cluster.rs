//! What a history tells of the cluster around the agent.

use super::record::{Ran, Record};
use crate::case::{CaseSpec, ClusterDo, Create, Step};
use crate::history::{Belief, ClusterEvent, Moment, What};

/// The step that put the subject into the cluster.
pub(super) fn create(spec: &CaseSpec) -> Option<&Create> {
    spec.steps().into_iter().find_map(|at| match at.step {
        Step::Cluster(ClusterDo::Create(create)) => Some(create),
        _ => None,
    })
}

/// Whether a run has a timeout that the case gave, or was held back by it.
pub(super) fn is_hurried(spec: &CaseSpec, ran: &Ran<'_>) -> bool {
    let gives = |verb| create(spec).is_some_and(|create| create.timeouts.contains_key(verb));
    let holds = |step: &Step| match step {
        Step::Cluster(ClusterDo::Hold(at)) => ran.is(&at.action) && at.node == ran.invocation.node,
        _ => false,
    };
    ran.verb().is_some_and(gives) || spec.any_step(holds)
}

/// What the cluster believed last, if the agent did nothing after that.
pub(super) fn final_belief<'a>(record: &Record<'a>) -> Option<(Moment, &'a Belief)> {
    let mut events = record.entries.iter().rev();
    let (at, belief) = events.find_map(|entry| match &entry.what {
        What::Cluster(ClusterEvent::Belief(belief)) => Some((entry.at, belief)),
        _ => None,
    })?;
    let acts = record.runs.iter().filter(|ran| ran.is_act());
    let over = |ran: &Ran<'_>| ran.ended() <= at;
    acts.copied().all(|ran| over(&ran)).then_some((at, belief))
}
