//! What Pacemaker does of itself, or gets wrong, accuses nobody.

use super::cluster::{migrated, plain, started};
use super::tale::Tale;
use super::{assert_passes, decide, places};
use crate::history::{ActionResult, ActionStatus, ClusterEvent, DomainState, Exit, What};
use crate::judge::Severity;
use crate::ocf::Code;

/// The result of the recurring monitor on `a`.
fn monitor_result(status: ActionStatus) -> What {
    What::Cluster(ClusterEvent::Result(ActionResult {
        node: "a".into(),
        resource: "vm".to_owned(),
        action: "monitor".to_owned(),
        interval: 1000,
        code: 0,
        expected: 0,
        status,
    }))
}

#[test]
fn a_monitor_that_the_cluster_killed_itself_accuses_nobody() {
    let tale = started().monitored("a", Exit::Signal(9));
    let ended = |status| {
        let tale = tale.clone().told(monitor_result(status));
        let tale = tale.monitored("a", Code::Success).believes(&["a"]);
        tale.emulator("a", &[10]).done()
    };
    assert_passes(&plain(), &ended(ActionStatus::Cancelled));
    let verdict = decide(&plain(), &ended(ActionStatus::Error));
    assert_eq!(places(&verdict), ["invariant 9"]);
}

#[test]
fn a_monitor_that_was_cancelled_before_its_run_was_told_accuses_nobody() {
    let cancelled = started().told(monitor_result(ActionStatus::Cancelled));
    let killed = cancelled.after(5).monitored("a", Exit::Signal(9)).after(5);
    let end = |tale: Tale| tale.believes(&["a"]).emulator("a", &[10]).done();
    let again = |tale: Tale| tale.monitored("a", Code::Success).after(5);
    let forked_before = again(killed.clone()).told(monitor_result(ActionStatus::Done));
    assert_passes(&plain(), &end(forked_before));
    let of_its_own = again(killed.told(monitor_result(ActionStatus::Error)));
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
