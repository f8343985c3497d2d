//! What Pacemaker does of itself, or gets wrong, accuses nobody.

use super::cluster::{migrated, plain, started};
use super::tale::Tale;
use super::{assert_passes, decide, places};
use crate::history::{ActionResult, ActionStatus, ClusterEvent, DomainState, Exit, What};
use crate::judge::Severity;
use crate::ocf::Code;

/// What the cluster was told of a monitor on a.
fn result(resource: &str, interval: u64, (code, status): (i32, ActionStatus)) -> What {
    What::Cluster(ClusterEvent::Result(ActionResult {
        node: "a".into(),
        resource: resource.to_owned(),
        action: "monitor".to_owned(),
        interval,
        code,
        expected: code,
        status,
    }))
}

#[test]
fn a_resource_whose_agent_the_nodes_lack_accuses_nobody() {
    let judged = |resource, code| {
        let told = started().told(result(resource, 0, (code, ActionStatus::Error)));
        let failed = told.asked("migrate_to", "a", Code::Success).to("b");
        let failed = failed.asked("migrate_from", "b", Code::ErrGeneric);
        decide(&plain(), &failed.from("a").done()).severity
    };
    assert_eq!(judged("base", 5), Severity::Unknown);
    assert_eq!(judged("base", 2), Severity::Unknown);
    assert_eq!(judged("base", 7), Severity::Fail);
    assert_eq!(judged("vm", 5), Severity::Fail);
}

#[test]
fn a_monitor_that_the_cluster_killed_itself_accuses_nobody() {
    let tale = started().monitored("a", Exit::Signal(9));
    let ended = |status| {
        let tale = tale.clone().told(result("vm", 1000, (0, status)));
        let tale = tale.monitored("a", Code::Success).believes(&["a"]);
        tale.emulator("a", &[10]).done()
    };
    assert_passes(&plain(), &ended(ActionStatus::Cancelled));
    let verdict = decide(&plain(), &ended(ActionStatus::Error));
    assert_eq!(places(&verdict), ["invariant 9"]);
}

#[test]
fn a_monitor_that_was_cancelled_before_its_run_was_told_accuses_nobody() {
    let cancelled = started().told(result("vm", 1000, (0, ActionStatus::Cancelled)));
    let killed = cancelled.after(5).monitored("a", Exit::Signal(9)).after(5);
    let end = |tale: Tale| tale.believes(&["a"]).emulator("a", &[10]).done();
    let again = |tale: Tale| tale.monitored("a", Code::Success).after(5);
    let forked_before = again(killed.clone()).told(result("vm", 1000, (0, ActionStatus::Done)));
    assert_passes(&plain(), &end(forked_before));
    let of_its_own = again(killed.told(result("vm", 1000, (0, ActionStatus::Error))));
    let verdict = decide(&plain(), &end(of_its_own));
    assert_eq!(places(&verdict), ["invariant 9"]);
}

#[test]
fn a_start_that_the_cluster_orders_beside_a_guest_that_it_was_told_of_accuses_nobody() {
    let twice = |stops: &[&str]| {
        let tale = migrated().asked("migrate_to", "b", Code::Success).to("a");
        let tale = tale.emulator("b", &[]).emulator("a", &[11]);
        let tale = tale.domain("b", DomainState::Absent);
        let tale = tale.domain("a", DomainState::Running).writes("a", 7, 6..9);
        let stopped = |tale: Tale, node: &&str| tale.asked("stop", node, Code::Success);
        let tale = stops.iter().fold(tale, stopped);
        let tale = tale.asked("start", "b", Code::Success).emulator("b", &[21]);
        let tale = tale.domain("b", DomainState::Running).writes("b", 8, 1..4);
        let tale = tale.writes("a", 7, 9..12).writes("b", 8, 4..6);
        decide(&plain(), &tale.believes(&["b"]).after(2500).done())
    };
    let unheeded = twice(&["b"]);
    assert!(places(&unheeded).contains(&"invariant 1"), "{unheeded:#?}");
    assert_eq!(unheeded.severity, Severity::Unknown);
    assert_eq!(twice(&["a", "b"]).severity, Severity::Fail);
}

#[test]
fn a_guest_that_nobody_sent_need_not_arrive() {
    let unsent = started().asked("migrate_from", "b", Code::ErrGeneric);
    assert_passes(&plain(), &unsent.from("a").done());
    let sent = started().asked("migrate_to", "a", Code::Success).to("b");
    let sent = sent.asked("migrate_from", "b", Code::ErrGeneric).from("a");
    let verdict = decide(&plain(), &sent.done());
    assert!(places(&verdict).contains(&"invariant 16"), "{verdict:#?}");
}
