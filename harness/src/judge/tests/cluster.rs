//! Invariants 15 to 19, and what the others make of runs that a cluster asks for.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, places};
use crate::case::CaseSpec;
use crate::history::{DomainState, Exit, FenceOutcome};
use crate::judge::Severity;
use crate::ocf::Code;

/// A case of a cluster with these steps after `create`.
fn cluster(steps: &str) -> CaseSpec {
    given("{}", steps)
}

fn given(create: &str, steps: &str) -> CaseSpec {
    case(&format!(
        "case: it holds\nclause: [X-01]\nlevel: must\nneeds: {{nodes: 2, cluster: pacemaker}}\nwhen:\n  \
         - cluster: {{create: {create}}}\n{steps}"
    ))
}

pub(super) fn plain() -> CaseSpec {
    cluster("")
}

/// The cluster has started the guest on `a`, and everything is well.
pub(super) fn started() -> Tale {
    let tale = Tale::empty().emulator("a", &[]).emulator("b", &[]);
    let tale = tale.domain("a", DomainState::Absent);
    let tale = tale.domain("b", DomainState::Absent).step(&[0]);
    let tale = tale.asked("monitor", "a", Code::NotRunning);
    let tale = tale.asked("monitor", "b", Code::NotRunning);
    let tale = tale
        .asked("start", "a", Code::Success)
        .given("config", "/x");
    let tale = tale.emulator("a", &[10]).domain("a", DomainState::Running);
    tale.writes("a", 7, 1..4).monitored("a", Code::Success)
}

/// It has migrated to `b`, and libvirt says so.
pub(super) fn migrated() -> Tale {
    arrived().asked("stop", "a", Code::Success)
}

/// The same before the stop on `a`.
fn arrived() -> Tale {
    let tale = started().asked("migrate_to", "a", Code::Success).to("b");
    let tale = tale.emulator("a", &[]).emulator("b", &[20]);
    let tale = tale.domain("a", DomainState::Absent);
    let tale = tale.domain("b", DomainState::Running).writes("b", 7, 4..6);
    tale.asked("migrate_from", "b", Code::Success)
}

fn severity(spec: &CaseSpec, tale: &Tale, place: &str) -> Severity {
    let verdict = decide(spec, tale);
    assert_eq!(places(&verdict), [place], "{:#?}", verdict.findings);
    verdict.severity
}

#[test]
fn a_guest_that_is_where_the_cluster_believes_it_passes() {
    assert_passes(
        &plain(),
        &started().believes(&["a"]).emulator("a", &[10]).done(),
    );
    let moved = migrated().monitored("b", Code::Success).believes(&["b"]);
    assert_passes(&plain(), &moved.writes("b", 7, 6..9).done());
}

#[test]
fn an_instance_that_a_successful_stop_left_and_the_cluster_knows_nothing_of_is_found() {
    let tale = started().asked("migrate_to", "a", Exit::TimedOut).to("b");
    let tale = tale.asked("stop", "b", Code::Success).emulator("b", &[20]);
    let tale = tale.domain("b", DomainState::Running).writes("b", 7, 4..6);
    let tale = tale.asked("stop", "a", Code::Success).emulator("a", &[]);
    let tale = tale.domain("a", DomainState::Absent);
    let spec = given("{timeouts: {migrate_to: 2s}}", "");
    let some = tale.clone().asked("start", "a", Code::Success);
    let some = some.emulator("a", &[11]).domain("a", DomainState::Running);
    let verdict = decide(&spec, &some.believes(&["a"]).after(2500).done());
    assert!(places(&verdict).contains(&"invariant 15"), "{verdict:#?}");
    let none = decide(&spec, &tale.believes(&[]).after(2500).done());
    assert!(places(&none).contains(&"invariant 19"), "{none:#?}");
    assert_eq!(none.severity, Severity::Fail);
}

#[test]
fn a_monitor_that_says_active_of_nothing_makes_the_belief_wrong() {
    let tale = started()
        .asked("stop", "a", Code::Success)
        .emulator("a", &[]);
    let tale = tale.domain("a", DomainState::Absent).after(3000);
    let tale = tale.asked("start", "b", Code::Success).emulator("b", &[]);
    let tale = tale.after(2500).monitored("b", Code::Success);
    let verdict = decide(&plain(), &tale.believes(&["b"]).after(2500).done());
    assert!(places(&verdict).contains(&"invariant 15"), "{verdict:#?}");
}

#[test]
fn a_belief_that_contradicts_the_agents_own_answers_decides_nothing() {
    let tale = started()
        .asked("stop", "a", Code::Success)
        .emulator("a", &[]);
    let tale = tale.domain("a", DomainState::Absent).after(3000);
    let both = tale.believes(&["a"]).after(2500).done();
    assert_eq!(severity(&plain(), &both, "invariant 15"), Severity::Unknown);
    let unseen = started().believes(&[]).writes("a", 7, 4..6).done();
    assert_eq!(
        severity(&plain(), &unseen, "invariant 19"),
        Severity::Unknown
    );
}

#[test]
fn a_demand_on_a_belief_that_the_agents_own_answers_contradict_is_undecided() {
    let spec = case(
        "case: it holds\nclause: [X-01]\nlevel: must\nneeds: {nodes: 2, cluster: pacemaker}\nwhen:\n  \
         - cluster: {create: {}}\nthen:\n  - cluster: {started: [b]}\n",
    );
    let believed = |tale: Tale, nodes: &[&str]| {
        let tale = tale.monitored("b", Code::Success).believes(nodes);
        decide(&spec, &tale.writes("b", 7, 6..8).done()).severity
    };
    assert_eq!(believed(migrated(), &["b"]), Severity::Pass);
    assert_eq!(believed(migrated(), &["a", "b"]), Severity::Unknown);
    assert_eq!(believed(migrated(), &["a"]), Severity::Unknown);
    let failed = migrated().monitored("b", Code::Success);
    let failed = failed.believes_so(&["b"], |belief| {
        belief.subject.iter_mut().for_each(|it| it.failed = true);
    });
    let failed = decide(&spec, &failed.writes("b", 7, 6..8).done());
    assert_eq!(failed.severity, Severity::Unknown);
    let elsewhere = started().believes(&["a"]).writes("a", 7, 4..6).done();
    assert_eq!(
        severity(&spec, &elsewhere, "then[0].cluster"),
        Severity::Fail
    );
}

#[test]
fn what_the_case_did_by_hand_and_what_the_cluster_does_not_manage_is_no_wrong_belief() {
    let by_hand = "  - outside: {create: b}\n";
    let tale = started().step(&[1]).emulator("b", &[20]);
    let tale = tale.domain("b", DomainState::Running).believes(&["a"]);
    assert_passes(&cluster(by_hand), &tale.done());
    let killed = "  - fault: {emulator: {node: a, do: kill}}\n";
    let tale = started().step(&[1]).emulator("a", &[]).believes(&["a"]);
    assert_passes(&cluster(killed), &tale.after(2500).done());
    let unmanaged = started().believes_so(&[], |belief| {
        belief.subject.iter_mut().for_each(|it| it.managed = false);
    });
    assert_passes(&plain(), &unmanaged.writes("a", 7, 4..6).done());
}

#[test]
fn a_belief_about_a_node_that_is_away_or_from_before_the_last_action_is_not_held_against_anybody() {
    let away = |tale: Tale| {
        tale.believes_so(&[], |belief| {
            belief.nodes.entry("a".into()).or_default().online = false;
        })
    };
    let lost = away(started()).after(100);
    assert_passes(&plain(), &lost.done());
    let stale = started().believes(&["b"]).asked("stop", "b", Code::Success);
    assert_passes(&plain(), &stale.done());
}

#[test]
fn the_first_action_that_fails_without_a_reason_is_found() {
    let start = Tale::empty()
        .emulator("a", &[])
        .emulator("b", &[])
        .step(&[0]);
    let start = start
        .asked("start", "a", Code::ErrGeneric)
        .given("config", "/x");
    let start = start
        .asked("start", "b", Code::ErrGeneric)
        .given("config", "/x");
    assert_finds(&plain(), &start.done(), "invariant 16");
    let monitor = started().monitored("a", Code::ErrGeneric);
    assert_finds(&plain(), &monitor.done(), "invariant 16");
    let move_to = started().asked("migrate_to", "a", Code::ErrGeneric).to("b");
    let move_to = move_to.asked("stop", "b", Code::Success);
    assert_finds(&plain(), &move_to.done(), "invariant 16");
}

#[test]
fn an_action_that_fails_for_a_reason_is_not_held_against_the_agent() {
    let failed = |tale: Tale| {
        let tale = tale.asked("migrate_to", "a", Code::ErrGeneric).to("b");
        tale.asked("stop", "b", Code::Success).done()
    };
    for reason in [
        "  - fault: {network: {cut: b}}\n",
        "  - cluster: {fence: b}\n",
        "  - guest: dirty\n",
    ] {
        assert_passes(&cluster(reason), &failed(started().step(&[1])));
    }
    let short = given("{timeouts: {migrate_to: 4s}}", "");
    assert_passes(&short, &failed(started()));
    let gone = started()
        .after(3000)
        .emulator("a", &[])
        .domain("a", DomainState::Absent);
    assert_passes(&plain(), &gone.monitored("a", Code::NotRunning).done());
    let starved = End {
        pressure: Some(95),
        took: 15_000,
        ..End::from(Code::ErrGeneric)
    };
    let starved = started().monitored("a", starved).done();
    assert_eq!(
        severity(&plain(), &starved, "invariant 16"),
        Severity::Unknown
    );
}

#[test]
fn what_the_case_answers_in_the_agents_place_says_nothing_of_the_agent() {
    let spec = cluster("  - cluster: {answer: {action: stop, node: a, returns: success}}\n");
    let tale = started()
        .step(&[1])
        .asked("stop", "a", Code::Success)
        .answered();
    let tale = tale.emulator("a", &[10]).writes("a", 7, 4..9).after(2500);
    assert_passes(&spec, &tale.believes(&[]).done());
    let lies = started()
        .step(&[1])
        .monitored("a", Code::NotRunning)
        .answered();
    assert_passes(&spec, &lies.emulator("a", &[10]).after(500).done());
}

#[test]
fn a_node_that_is_fenced_since_a_stop_failed_is_found_once_the_node_was_well() {
    let stopped = |tale: Tale| tale.asked("stop", "a", Code::ErrGeneric);
    let fenced = |tale: Tale| {
        let tale = tale.fenced("a", FenceOutcome::Done);
        let tale = tale.emulator("a", &[]).asked("start", "b", Code::Success);
        let tale = tale.emulator("b", &[20]).domain("b", DomainState::Running);
        tale.writes("b", 8, 1..3).believes(&["b"]).done()
    };
    let told = |tale: Tale| fenced(stopped(tale).given("config", "/x"));
    assert_finds(&plain(), &told(started()), "invariant 17");
    let frozen = cluster("  - fault: {daemon: {node: a, do: freeze}}\n");
    assert_passes(&frozen, &told(started().step(&[1])));
    let by_hand = cluster("  - cluster: {fence: a}\n");
    assert_passes(&by_hand, &told(started().step(&[1])));
    // The cluster has forgotten its parameters.
    assert_passes(&plain(), &fenced(stopped(started())));
    let refused = stopped(started()).given("config", "/x");
    let refused = refused.fenced("a", FenceOutcome::Failed).believes(&["a"]);
    assert_passes(&plain(), &refused.writes("a", 7, 4..6).done());
}

#[test]
fn what_ends_with_a_fenced_node_is_not_the_agents() {
    let spec = cluster("  - fault: {power: a}\n");
    let tale = started()
        .step(&[1])
        .after(3000)
        .monitored("a", Code::Success);
    let tale = tale.emulator("a", &[]).fenced("a", FenceOutcome::Done);
    let tale = tale.asked("start", "b", Code::Success).emulator("b", &[20]);
    let tale = tale.domain("b", DomainState::Running).writes("b", 8, 1..5);
    let tale = tale.believes_so(&["b"], |belief| {
        belief.nodes.entry("a".into()).or_default().online = false;
    });
    assert_passes(&spec, &tale.done());
}

#[test]
fn two_instances_after_a_lie_of_the_fence_device_are_not_the_agents() {
    let two = |outcome| {
        let tale = started().after(3000).fenced("a", outcome);
        let tale = tale.asked("start", "b", Code::Success).emulator("b", &[20]);
        let tale = tale.domain("b", DomainState::Running).writes("b", 8, 1..9);
        let tale = tale.writes("a", 7, 4..9).believes_so(&["b"], |belief| {
            belief.nodes.entry("a".into()).or_default().online = false;
        });
        tale.done()
    };
    assert_passes(&plain(), &two(FenceOutcome::Lied));
    let failed = decide(&plain(), &two(FenceOutcome::Failed));
    assert!(places(&failed).contains(&"invariant 1"), "{failed:#?}");
}

#[test]
fn a_live_migration_whose_last_stop_ends_the_guest_is_found() {
    let kept = migrated().emulator("b", &[20]).writes("b", 7, 6..9);
    assert_passes(&plain(), &kept.after(2500).done());
    let ended = migrated()
        .emulator("b", &[])
        .domain("b", DomainState::Absent);
    assert_finds(&plain(), &ended.after(2500).done(), "invariant 18");
    // A stop on the target at the same time is what ended it.
    let both = arrived().asks("stop", "a").asks("stop", "b");
    let both = both.emulator("b", &[]).domain("b", DomainState::Absent);
    let both = both.ends(7, Code::Success).ends(8, Code::Success);
    assert_passes(&plain(), &both.after(2500).done());
}

#[test]
fn an_overrun_of_a_run_that_the_cluster_asked_for_is_found_where_nothing_was_done() {
    let late = started().asked("migrate_to", "a", Exit::TimedOut).to("b");
    let late = late.asked("stop", "b", Code::Success).done();
    let verdict = decide(&plain(), &late);
    assert!(places(&verdict).contains(&"invariant 9"), "{verdict:#?}");
    let short = given("{timeouts: {migrate_to: 2s}}", "");
    assert_passes(&short, &late);
    let held = cluster("  - cluster: {hold: {action: migrate_to, node: a}}\n");
    let late = started().step(&[1]);
    let late = late.asked("migrate_to", "a", Exit::TimedOut).to("b");
    assert_passes(&held, &late.asked("stop", "b", Code::Success).done());
}

#[test]
fn a_stop_that_had_less_time_than_the_agent_asks_for_decides_nothing() {
    let spec = given(
        "{timeouts: {stop: 20s}}",
        "then:\n  - cluster: {fenced: []}\n",
    );
    let severity = |asked| {
        let tale = started().asked("stop", "a", Exit::TimedOut);
        let tale = tale.fenced("a", FenceOutcome::Done).emulator("a", &[]);
        let tale = tale.domain("a", DomainState::Absent).believes(&[]);
        decide(&spec, &tale.advertises(&[("stop", asked)]).done()).severity
    };
    assert_eq!(severity(90_000), Severity::Unknown);
    assert_eq!(severity(10_000), Severity::Fail);
}

#[test]
fn a_migrate_from_that_had_less_time_than_the_agent_asks_for_decides_nothing_unless_it_was_held() {
    let fenced = "then:\n  - cluster: {fenced: [a]}\n";
    let hold = "  - cluster: {hold: {action: migrate_from, node: b}}\n";
    let severity = |steps: &str, asked| {
        let spec = given(
            "{timeouts: {migrate_from: 10s}}",
            &format!("{steps}{fenced}"),
        );
        let tale = started().asked("migrate_to", "a", Code::Success).to("b");
        let tale = tale.asked("migrate_from", "b", Exit::TimedOut);
        decide(&spec, &tale.advertises(&[("migrate_from", asked)]).done()).severity
    };
    assert_eq!(severity("", 90_000), Severity::Unknown);
    assert_eq!(severity("", 5_000), Severity::Fail);
    assert_eq!(severity(hold, 90_000), Severity::Fail);
}

#[test]
fn a_run_that_prints_when_its_executor_is_gone_may_end_by_that() {
    let printed = || {
        let tale = started().step(&[1]);
        let tale = tale.asked("migrate_to", "a", Exit::Signal(13));
        tale.to("b").done()
    };
    let executor = "  - fault: {pacemaker: {node: a, daemon: execd, do: kill}}\n";
    assert_passes(&cluster(executor), &printed());
    let other = "  - fault: {daemon: {node: a, do: freeze}}\n";
    assert_finds(&cluster(other), &printed(), "invariant 9");
}
