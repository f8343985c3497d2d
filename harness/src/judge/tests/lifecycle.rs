//! Invariants 2 to 5.

use super::tale::Tale;
use super::{assert_finds, assert_passes, decide, places, steps};
use crate::case::CaseSpec;
use crate::history::{DomainState, Exit, Guest};
use crate::ocf::Code;

fn run(action: &str, node: &str) -> CaseSpec {
    let other = if node == "a" { "b" } else { "a" };
    steps(&format!(
        "  - run: {{action: {action}, node: {node}, to: {other}, returns: anything}}"
    ))
}

#[test]
fn a_stop_that_leaves_the_emulator_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[10]);
    assert_finds(&run("stop", "a"), &tale.after(500).done(), "invariant 2");
}

#[test]
fn an_emulator_that_nobody_saw_leave_is_still_there() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .after(3000);
    assert_finds(&run("stop", "a"), &tale.done(), "invariant 2");
}

#[test]
fn an_emulator_that_a_slow_look_still_shows_is_not_held_against_stop() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success);
    let tale = tale.emulator("a", &[10]).emulator("a", &[]).after(3000);
    assert_passes(&run("stop", "a"), &tale.done());
}

#[test]
fn a_guest_that_arrives_after_the_stop_by_a_killed_migration_is_found() {
    let spec = steps(
        "  - run: {action: migrate_to, node: a, to: b, returns: killed}\n  \
         - run: {action: stop, node: b, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Exit::Killed);
    let tale = tale
        .step(&[1])
        .run("stop", "b", Code::Success)
        .emulator("b", &[])
        .after(900);
    assert_finds(&spec, &tale.emulator("b", &[20]).done(), "invariant 2");
}

#[test]
fn a_stop_on_the_target_while_the_source_runs_is_no_breach() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "b", Code::Success)
        .emulator("b", &[]);
    assert_passes(&run("stop", "b"), &tale.writes("a", 7, 4..20).done());
}

#[test]
fn a_start_after_the_stop_ends_what_the_stop_owes() {
    let spec = steps(
        "  - run: {action: stop, node: a, returns: success}\n  \
         - run: {action: start, node: a, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[]);
    let tale = tale
        .step(&[1])
        .begins("start", "a")
        .emulator("a", &[11])
        .ends(2, Code::Success);
    assert_passes(
        &spec,
        &tale.domain("a", DomainState::Running).after(2000).done(),
    );
}

#[test]
fn an_active_domain_without_an_emulator_after_stop_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[]);
    let tale = tale.after(400).domain("a", DomainState::Crashed);
    assert_finds(&run("stop", "a"), &tale.done(), "invariant 2");
}

#[test]
fn what_a_daemon_says_first_and_takes_back_is_not_held_against_stop() {
    let answers = |states: &[Option<DomainState>]| {
        let tale = Tale::running_on_a()
            .step(&[0])
            .run("stop", "a", Code::Success)
            .emulator("a", &[]);
        let told = |tale: Tale, state: &Option<DomainState>| {
            tale.after(400).domain_of(Guest::Subject, "a", *state, 1)
        };
        states.iter().fold(tale, told).done()
    };
    let (running, absent) = (Some(DomainState::Running), Some(DomainState::Absent));
    let stop = run("stop", "a");
    assert_passes(&stop, &answers(&[None, running, absent]));
    assert_finds(&stop, &answers(&[None, running]), "invariant 2");
    assert_finds(
        &stop,
        &answers(&[None, running, running, absent]),
        "invariant 2",
    );
    assert_finds(&stop, &answers(&[absent, running, absent]), "invariant 2");
}

#[test]
fn a_start_that_leaves_nothing_is_found() {
    let tale = Tale::empty()
        .emulator("a", &[])
        .step(&[0])
        .run("start", "a", Code::Success);
    assert_finds(
        &run("start", "a"),
        &tale.emulator("a", &[]).after(400).done(),
        "invariant 3",
    );
}

#[test]
fn a_start_that_answers_success_for_a_guest_still_being_received_is_found() {
    let tale = Tale::empty()
        .emulator("a", &[10])
        .step(&[0])
        .run("start", "a", Code::Success);
    let tale = tale.domain_of(Guest::Subject, "a", Some(DomainState::Paused), 11);
    assert_finds(&run("start", "a"), &tale.after(400).done(), "invariant 3");
}

#[test]
fn a_failed_start_owes_no_guest() {
    let tale = Tale::empty()
        .emulator("a", &[])
        .step(&[0])
        .run("start", "a", Code::ErrGeneric);
    assert_passes(
        &run("start", "a"),
        &tale.emulator("a", &[]).after(400).done(),
    );
}

#[test]
fn not_running_for_a_guest_that_was_there_all_the_time_is_a_lie() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", Code::NotRunning);
    assert_finds(&run("monitor", "a"), &tale.done(), "invariant 4");
}

#[test]
fn what_the_cluster_takes_for_not_running_is_a_lie_of_a_probe_too() {
    let asked = |code: Code| {
        let tale = Tale::running_on_a().step(&[0]);
        tale.run("monitor", "a", code).done()
    };
    for code in [Code::ErrArgs, Code::ErrInstalled] {
        assert_finds(&run("monitor", "a"), &asked(code), "invariant 4");
    }
    assert_passes(&run("monitor", "a"), &asked(Code::ErrGeneric));
}

#[test]
fn a_look_that_came_late_is_no_proof_of_a_lie() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", Code::NotRunning);
    assert_passes(
        &run("monitor", "a"),
        &tale.after(600).emulator("a", &[]).done(),
    );
}

#[test]
fn either_answer_is_true_while_the_guest_is_being_killed() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("monitor", "a")
        .emulator("a", &[]);
    assert_passes(&run("monitor", "a"), &tale.ends(1, Code::NotRunning).done());
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("monitor", "a")
        .emulator("a", &[]);
    assert_passes(&run("monitor", "a"), &tale.ends(1, Code::Success).done());
}

#[test]
fn success_for_a_guest_that_nobody_saw_is_a_lie() {
    let tale = Tale::empty().emulator("a", &[]).after(900).step(&[0]);
    let tale = tale.run("monitor", "a", Code::Success).after(400);
    assert_finds(&run("monitor", "a"), &tale.done(), "invariant 4");
}

#[test]
fn an_error_makes_no_claim() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", Code::ErrGeneric);
    assert_passes(&run("monitor", "a"), &tale.done());
}

#[test]
fn not_running_on_a_node_that_only_receives_is_true() {
    let tale = Tale::running_on_a().emulator("b", &[20]);
    let tale = tale
        .domain_of(Guest::Subject, "b", Some(DomainState::Paused), 2)
        .after(900);
    let tale = tale.step(&[0]).run("monitor", "b", Code::NotRunning);
    assert_passes(&run("monitor", "b"), &tale.done());
}

#[test]
fn a_migration_that_boots_the_guest_anew_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::Success);
    let tale = tale
        .emulator("a", &[])
        .emulator("b", &[20])
        .writes("b", 8, 1..5);
    assert_finds(&run("migrate_to", "a"), &tale.done(), "invariant 5");
}

#[test]
fn a_failed_migration_that_loses_the_guest_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::ErrGeneric);
    let tale = tale.emulator("a", &[]).emulator("b", &[]);
    assert_finds(&run("migrate_to", "a"), &tale.done(), "invariant 5");
}

#[test]
fn a_failed_migration_that_leaves_the_guest_where_it_was_is_no_breach() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("b", &[20]);
    let tale = tale
        .ends(1, Code::ErrGeneric)
        .emulator("b", &[])
        .writes("a", 7, 4..9);
    assert_passes(&run("migrate_to", "a"), &tale.done());
}

#[test]
fn an_instance_after_a_killed_migration_and_two_stops_is_found() {
    let spec = steps(
        "  - run: {action: migrate_to, node: a, to: b, returns: killed}\n  \
         - run: {action: stop, node: b, returns: success}\n  \
         - run: {action: stop, node: a, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Exit::Killed);
    let tale = tale
        .step(&[1])
        .run("stop", "b", Code::Success)
        .emulator("b", &[]);
    let tale = tale
        .step(&[2])
        .run("stop", "a", Code::Success)
        .emulator("a", &[])
        .after(900);
    let verdict = decide(&spec, &tale.emulator("b", &[20]).done());
    assert_eq!(places(&verdict), ["invariant 2", "invariant 5"]);
}
