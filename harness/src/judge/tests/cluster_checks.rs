use std::collections::BTreeSet;

use super::case;
use super::tale::Tale;
use crate::case::{CaseSpec, Check};
use crate::history::{
    ActionResult, ActionStatus, AskedBy, Belief, ClusterEvent, Entry, Exit, FenceOutcome, Fenced,
    NodeName, ResourceBelief, What,
};
use crate::judge::condition;
use crate::ocf::Code;

/// The checks of `then`, written as in a case.
fn checks(then: &str) -> Vec<Check> {
    let text = format!("case: it holds\nclause: [X-01]\nlevel: must\nwhen: []\nthen: [{then}]\n");
    let spec: CaseSpec = case(&text);
    spec.then
}

/// Whether each holds of a history whose runs the cluster asked for.
fn held(tale: &Tale, then: &str) -> Vec<Option<bool>> {
    let mut entries: Vec<Entry> = tale.history().entries;
    for entry in &mut entries {
        if let What::Began(run) = &mut entry.what {
            run.by = AskedBy::Cluster;
        }
    }
    let checks = checks(then);
    let held = checks.iter().map(|check| condition::holds(check, &entries));
    held.collect()
}

fn belief(started: &[&str], failed: bool) -> What {
    let started_on: BTreeSet<_> = started.iter().copied().map(NodeName::from).collect();
    let subject = Some(ResourceBelief {
        started_on,
        failed,
        ..ResourceBelief::default()
    });
    What::Cluster(ClusterEvent::Belief(Belief {
        subject,
        ..Belief::default()
    }))
}

fn result(resource: &str, action: &str, node: &str) -> What {
    What::Cluster(ClusterEvent::Result(ActionResult {
        node: node.into(),
        resource: resource.to_owned(),
        action: action.to_owned(),
        interval: 0,
        code: 0,
        expected: 0,
        status: ActionStatus::Done,
    }))
}

/// A guest that the cluster has started on a, and is idle with.
fn created() -> Tale {
    let tale = Tale::empty().run("monitor", "a", Code::NotRunning);
    tale.run("start", "a", Code::Success)
        .told(belief(&["a"], false))
}

#[test]
fn the_clusters_belief_is_the_last_one() {
    let tale = created();
    let then = "{cluster: {started: [a]}}, {cluster: {started: [b]}}, {cluster: {started: []}}";
    assert_eq!(held(&tale, then), [Some(true), Some(false), Some(false)]);
    let tale = tale.told(belief(&["b"], true));
    assert_eq!(held(&tale, then), [Some(false); 3]);
    assert_eq!(held(&Tale::empty(), then), [None; 3]);
}

#[test]
fn actions_are_those_after_the_cluster_was_idle_without_probes_and_monitors() {
    let tale = created()
        .run("migrate_to", "a", Code::Success)
        .run("migrate_from", "b", Code::Success)
        .run("monitor", "b", Code::Success)
        .run("stop", "a", Code::Success);
    let all = "{migrate_to: a, returns: success}, {migrate_from: b}, {stop: a}";
    assert_eq!(
        held(&tale, &format!("{{cluster: {{actions: [{all}]}}}}")),
        [Some(true)]
    );
    for wrong in [
        "{migrate_to: a}, {stop: a}",
        "{migrate_from: b}, {migrate_to: a}, {stop: a}",
        "{migrate_to: a, returns: err_generic}, {migrate_from: b}, {stop: a}",
        "",
    ] {
        let then = format!("{{cluster: {{actions: [{wrong}]}}}}");
        assert_eq!(held(&tale, &then), [Some(false)], "{wrong}");
    }
}

#[test]
fn two_stops_that_follow_each_other_come_in_either_order() {
    let tale = created()
        .run("migrate_to", "a", Exit::TimedOut)
        .run("stop", "b", Code::Success)
        .run("stop", "a", Code::Success)
        .run("start", "b", Code::Success);
    let then = "{cluster: {actions: [{migrate_to: a, returns: killed}, {stop: a}, {stop: b}, {start: b}]}}, \
                {cluster: {actions: [{migrate_to: a}, {stop: a}, {start: b}, {stop: b}]}}";
    assert_eq!(held(&tale, then), [Some(true), Some(false)]);
}

#[test]
fn other_resources_are_looked_at_where_the_case_names_them() {
    let tale = created()
        .told(result("lock", "stop", "b"))
        .run("stop", "a", Code::Success)
        .told(result("base", "stop", "a"))
        .told(result("base", "start", "b"));
    let then = "{cluster: {actions: [{stop: a}, {stop: a, of: base}, {start: b, of: base}]}}, \
                {cluster: {actions: [{stop: a}]}}, \
                {cluster: {actions: [{stop: a, of: base}, {stop: a}, {start: b, of: base}]}}, \
                {cluster: {actions: [{stop: a, of: base}, {start: b, of: base}]}}";
    assert_eq!(
        held(&tale, then),
        [Some(true), Some(true), Some(false), Some(false)]
    );
}

#[test]
fn an_action_begins_and_ends_after_the_cluster_was_idle() {
    let then = "{cluster: {began: {action: start, node: a}}}, {cluster: {began: {action: migrate_to, node: a}}}, \
                {cluster: {ended: {action: migrate_to, node: a}}}, \
                {cluster: {ended: {action: migrate_to, node: a, returns: success}}}";
    let begun = created().begins("migrate_to", "a");
    assert_eq!(held(&begun, then), [false, true, false, false].map(Some));
    let failed = begun.ends(3, Code::ErrGeneric);
    assert_eq!(held(&failed, then), [false, true, true, false].map(Some));
}

#[test]
fn idle_is_what_was_seen_since_the_last_step_began() {
    let then = "{cluster: idle}";
    assert_eq!(held(&created(), then), [Some(true)]);
    let waiting = created().step(&[1]);
    assert_eq!(held(&waiting, then), [Some(false)]);
    assert_eq!(
        held(&waiting.told(belief(&["a"], false)), then),
        [Some(true)]
    );
}

#[test]
fn a_fencing_counts_that_was_done() {
    let fenced = |node: &str, outcome| {
        What::Cluster(ClusterEvent::Fenced(Fenced {
            node: node.into(),
            by: "b".into(),
            action: "off".to_owned(),
            outcome,
        }))
    };
    let then = "{cluster: {fenced: []}}, {cluster: {fenced: [a]}}";
    let failed = created().told(fenced("a", FenceOutcome::Failed));
    assert_eq!(held(&failed, then), [Some(true), Some(false)]);
    let done = failed.told(fenced("a", FenceOutcome::Done));
    assert_eq!(held(&done, then), [Some(false), Some(true)]);
}

#[test]
fn an_outage_lasts_from_one_write_to_the_next_of_any_instance() {
    let then = "{outage: {at_most: 2s}}";
    assert_eq!(held(&Tale::empty(), then), [None]);
    let gone = Tale::running_on_a().after(1_500);
    assert_eq!(held(&gone.clone().writes("b", 9, 0..3), then), [Some(true)]);
    let late = gone.after(1_000);
    assert_eq!(
        held(&late.clone().writes("b", 9, 0..3), then),
        [Some(false)]
    );
    assert_eq!(held(&late.done(), then), [Some(false)]);
}
