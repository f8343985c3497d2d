//! What a history tells of the cluster around the agent.

use super::record::{Ran, Record};
use crate::case::{CaseSpec, ClusterDo, Create, SUBJECT, Step};
use crate::history::{ActionResult, ActionStatus, Belief, ClusterEvent, Moment, NodeName, What};
use crate::ocf::{Code, Verb};

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
    ran.verb().is_some_and(gives) || is_held(spec, ran)
}

/// Whether the case holds a run of that action on that node.
fn is_held(spec: &CaseSpec, ran: &Ran<'_>) -> bool {
    spec.any_step(|step| match step {
        Step::Cluster(ClusterDo::Hold(at)) => ran.is(&at.action) && at.node == ran.invocation.node,
        _ => false,
    })
}

/// Whether a `migrate_from` was killed at a timeout that is shorter than its agent asks for. One that is held is meant to be.
pub(super) fn lacked_time(spec: &CaseSpec, ran: &Ran<'_>) -> bool {
    let is_arrival = ran.is_of_cluster() && ran.is(&Verb::MigrateFrom);
    is_arrival && ran.cut_short().is_some() && !is_held(spec, ran)
}

/// Whether a run has any parameter of the resource: the cluster forgets those of one that it has cleaned.
pub(super) fn has_parameters(ran: &Ran<'_>) -> bool {
    let is_parameter = |name: &String| {
        let own = name.strip_prefix("OCF_RESKEY_");
        own.is_some_and(|name| !name.starts_with("CRM_meta_") && name != "crm_feature_set")
    };
    ran.invocation.env.keys().any(is_parameter)
}

/// Whether a run may have failed for want of time, on a machine that was overloaded: it took half of its timeout or more.
pub(super) fn is_starved(ran: &Ran<'_>) -> bool {
    let slow = |took: u64| took.saturating_mul(2) >= ran.invocation.timeout;
    { ran.outcome() }.is_some_and(|outcome| outcome.is_starved() && slow(outcome.took))
}

/// Whether the cluster killed a recurring monitor that it no longer wanted, such as at a cleanup. So says the next result
/// of that monitor; or the last one, where the monitor had been forked by then and no result of its own follows: the
/// recording agent tells of a run a little later than the cluster asks for it.
pub(super) fn is_cancelled(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let results = recurring_results(record, &ran.invocation.node);
    let (before, since): (Vec<_>, Vec<_>) = results.partition(|(at, _)| *at < ran.began);
    let next = since.first();
    let cancelled = |result: Option<&(Moment, ActionStatus)>| {
        result.is_some_and(|(_, status)| *status == ActionStatus::Cancelled)
    };
    let is_of_a_later_run = |(at, _): &(Moment, ActionStatus)| {
        let later = |other: &Ran<'_>| ran.began < other.began && other.began <= *at;
        let recurs = |other: &Ran<'_>| other.is_monitor() && !other.is_probe();
        let here = |other: &Ran<'_>| other.invocation.node == ran.invocation.node;
        let mut runs = record.runs.iter();
        runs.any(|other| later(other) && recurs(other) && here(other))
    };
    let was_forked_before = cancelled(before.last()) && next.is_none_or(is_of_a_later_run);
    ran.is_monitor() && (cancelled(next) || was_forked_before)
}

/// The results of the subject's recurring monitors on a node, in their order.
fn recurring_results(
    record: &Record<'_>,
    node: &NodeName,
) -> impl Iterator<Item = (Moment, ActionStatus)> {
    let is_its = move |result: &ActionResult| {
        let recurs = result.action == "monitor" && result.interval > 0;
        recurs && result.resource == SUBJECT && result.node == *node
    };
    record
        .entries
        .iter()
        .filter_map(move |entry| match &entry.what {
            What::Cluster(ClusterEvent::Result(result)) if is_its(result) => {
                Some((entry.at, result.status))
            }
            _ => None,
        })
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

/// What the agent's last answer on a node says of the guest there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is active.
    Active,
    /// Nothing of it is active.
    Inactive,
    /// Neither.
    Nothing,
}

/// The agent's last answer on a node to a question where the guest is, or to an action on it; none where the case answered.
pub(super) fn last_claim<'a>(record: &Record<'a>, node: &NodeName) -> Option<(Ran<'a>, Claim)> {
    let mut runs = record.runs.iter().rev();
    let here = |ran: &&Ran<'_>| ran.invocation.node == *node && ran.end.is_some();
    let ran = runs.find(|ran| here(ran) && (ran.is_act() || ran.is_monitor()))?;
    (!ran.is_answered()).then(|| (*ran, claim(ran)))
}

/// Whether the agent's own last answer on a node says the opposite of what the cluster believes, which then has it wrong.
pub(super) fn is_contradicted(record: &Record<'_>, node: &NodeName, is_believed: bool) -> bool {
    let claim = last_claim(record, node).map(|(_, claim)| claim);
    claim
        == Some(if is_believed {
            Claim::Inactive
        } else {
            Claim::Active
        })
}

/// The first `start` that the cluster ordered beside an instance that the agent had told it of, without any `stop` there.
///
/// So does Pacemaker 2.1.5 when a guest that went there and back sets out once more and is no longer wanted there: it
/// takes the end of the first migration for that of the last one (seen in `crm_simulate`, too).
pub(super) fn started_beside<'a>(record: &Record<'a>) -> Option<(Ran<'a>, &'a NodeName)> {
    let started = |ran: &&Ran<'_>| ran.is(&Verb::Start) && ran.is_of_cluster();
    let starts = record.runs.iter().filter(started);
    starts.copied().find_map(|start| {
        let is_told = |node: &&NodeName| {
            let is_well = !record.went_down(node) && record.lies().all(|(_, it)| it != *node);
            is_well && *node != &start.invocation.node && is_active_by(record, node, start.began)
        };
        let node = record.nodes().into_iter().find(is_told)?;
        Some((start, node))
    })
}

/// The first `start` that the case ordered though the last `stop` on another node had failed by itself: a cluster would
/// have fenced that node first.
pub(super) fn started_after_failed_stop<'a>(record: &Record<'a>) -> Option<Ran<'a>> {
    let ordered = |ran: &&Ran<'_>| ran.is(&Verb::Start) && !ran.is_of_cluster();
    let starts = record.runs.iter().filter(ordered);
    starts.copied().find(|start| {
        let elsewhere = |node: &NodeName| *node != start.invocation.node;
        let up = |node: &NodeName| elsewhere(node) && !record.went_down(node);
        let mut nodes = record.nodes().into_iter();
        nodes.any(|node| up(node) && record.failed_stop(node, start.began).is_some())
    })
}

/// The first probe of a resource beside the agent's whose own agent could not run: the lab's nodes lack it, or its files.
pub(super) fn without_agent<'a>(record: &Record<'a>) -> Option<(Moment, &'a ActionResult)> {
    // 2: a shell script whose functions are not there.
    let cannot_run = |code| matches!(code, Some(Code::ErrInstalled | Code::ErrArgs));
    let is_it = |result: &ActionResult| {
        let is_probe = result.action == "monitor" && result.interval == 0;
        is_probe && result.resource != SUBJECT && cannot_run(Code::from_number(result.code))
    };
    record.entries.iter().find_map(|entry| match &entry.what {
        What::Cluster(ClusterEvent::Result(result)) if is_it(result) => Some((entry.at, result)),
        _ => None,
    })
}

/// Whether the agent's last answer before a moment that tells of a node says that the guest is active there.
fn is_active_by(record: &Record<'_>, node: &NodeName, by: Moment) -> bool {
    let arrives = |ran: &Ran<'_>| {
        let sends = ran.is(&Verb::MigrateTo) && ran.invocation.to.as_ref() == Some(node);
        sends && ran.succeeded()
    };
    let tells = |ran: &&Ran<'_>| {
        let here = ran.invocation.node == *node && (ran.is_act() || ran.is_monitor());
        ran.ended() <= by && (here || arrives(ran))
    };
    let last = { record.runs.iter().filter(tells) }.max_by_key(|ran| ran.ended());
    last.is_some_and(|ran| !ran.is_answered() && (arrives(ran) || claim(ran) == Claim::Active))
}

fn claim(ran: &Ran<'_>) -> Claim {
    let Some(code) = ran.code() else {
        return Claim::Nothing;
    };
    let succeeded = code == Code::Success;
    match ran.verb() {
        Some(Verb::Start | Verb::MigrateFrom) if succeeded => Claim::Active,
        Some(Verb::Stop | Verb::MigrateTo) if succeeded => Claim::Inactive,
        Some(verb) if verb.is_monitor() => match code {
            Code::NotRunning => Claim::Inactive,
            Code::ErrArgs | Code::ErrInstalled if ran.is_probe() => Claim::Inactive,
            Code::Success | Code::Degraded | Code::RunningPromoted | Code::DegradedPromoted => {
                Claim::Active
            }
            _ => Claim::Nothing,
        },
        _ => Claim::Nothing,
    }
}
