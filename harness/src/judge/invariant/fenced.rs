//! Invariant 17: no node is fenced because the agent's `stop` failed, unless the case made it fail.

use super::breach::Breach;
use crate::case::{CaseSpec, ClusterDo, Fault, Step};
use crate::history::{ClusterEvent, FenceOutcome, Fenced, Moment, NodeName, What};
use crate::judge::record::Record;
use crate::judge::{Finding, Invariant, Severity, cluster};

/// Judges every fencing that was done.
pub(super) fn was_needless(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let fencings = record.entries.iter().filter_map(|entry| match &entry.what {
        What::Cluster(ClusterEvent::Fenced(fenced)) if fenced.outcome != FenceOutcome::Failed => {
            Some((entry.at, fenced))
        }
        _ => None,
    });
    fencings
        .filter_map(|(at, fenced)| needless(spec, record, at, fenced))
        .collect()
}

fn needless(spec: &CaseSpec, record: &Record<'_>, at: Moment, fenced: &Fenced) -> Option<Finding> {
    let node = &fenced.node;
    let ran = { record.failed_stop(node, at) }.filter(|ran| ran.is_of_cluster())?;
    // Without parameters an agent may not know what to stop: a demand of its own, which weighs less.
    let unknown = !cluster::has_parameters(ran);
    if unknown || cluster::is_hurried(spec, ran) || was_provoked(spec, record, node, ran.ended()) {
        return None;
    }
    let outcome = ran.outcome()?;
    let breach = Breach {
        invariant: Invariant::NoNeedlessFencing,
        clauses: &["CLU-16"],
        at: Some(at),
        node: Some(node),
        run: Some(ran.invocation.id),
        expected: format!("{node} not to be fenced, for its guest could be stopped"),
        seen: format!("it was fenced after {}: {}", ran.name(), outcome.exit),
    };
    Some(breach.weigh(match cluster::is_starved(ran) {
        true => Severity::Unknown,
        false => Severity::Fail,
    }))
}

/// Whether the case asked for the fencing, or did something to the node that may keep a guest from being stopped there.
fn was_provoked(spec: &CaseSpec, record: &Record<'_>, node: &NodeName, by: Moment) -> bool {
    let provokes = |step: &Step| match step {
        // A stop needs neither the network nor the configuration.
        Step::Fault(Fault::Network(_) | Fault::Config { .. }) => false,
        Step::Fault(fault) => fault.node() == node,
        Step::Cluster(ClusterDo::Fence(at)) => at == node,
        _ => false,
    };
    let mut steps = record.steps().filter(|(at, _)| *at <= by);
    steps.any(|(_, path)| spec.step(path).is_some_and(provokes))
}
