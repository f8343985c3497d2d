//! Invariant 1.

use super::tale::Tale;
use super::{assert_finds, assert_passes, case, decide, places, steps};
use crate::case::CaseSpec;
use crate::history::{DomainState, Exit, Guest, Sighting, What};
use crate::judge::{Doubled, Severity, Verdict};
use crate::ocf::Code;

fn start() -> CaseSpec {
    steps("  - run: {action: start, node: b, returns: anything}")
}

fn migrate() -> CaseSpec {
    steps("  - run: {action: migrate_to, node: a, to: b, returns: anything}")
}

#[test]
fn two_incarnations_that_write_by_turns_run_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale
        .emulator("b", &[])
        .writes("b", 8, 1..4)
        .writes("a", 7, 9..12);
    assert_finds(&start(), &tale.done(), "invariant 1");
}

#[test]
fn two_starts_at_once_without_a_lock_are_policy_only_where_the_case_may_report() {
    let spec = |level: &str, needs: &str| {
        case(&format!(
            "case: it holds\nclause: [X-01]\nlevel: {level}\nneeds: {{nodes: 2{needs}}}\nwhen:\n  \
             - together:\n      - run: {{action: start, node: a, returns: anything}}\n      \
             - run: {{action: start, node: b, returns: anything}}"
        ))
    };
    let tale = Tale::running_on_a()
        .emulator("b", &[9])
        .writes("b", 8, 1..4)
        .writes("a", 7, 9..12)
        .done();
    let breaks = |spec: &CaseSpec| places(&decide(spec, &tale)).contains(&"invariant 1");
    assert!(!breaks(&spec("may", "")));
    assert!(breaks(&spec("must", "")));
    assert!(breaks(&spec("may", ", lock: image")));
}

#[test]
fn one_incarnation_after_another_is_a_restart() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    assert_passes(&start(), &tale.writes("b", 8, 1..9).done());
}

#[test]
fn a_guest_that_reboots_by_itself_does_not_run_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    assert_passes(
        &start(),
        &tale.writes("a", 8, 1..4).writes("a", 9, 1..4).done(),
    );
}

#[test]
fn a_write_told_late_by_the_other_nodes_log_is_no_double_run() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale
        .writes("b", 8, 1..2)
        .writes("a", 7, 4..5)
        .writes("b", 8, 2..9);
    assert_passes(&start(), &tale.done());
}

#[test]
fn a_migration_hands_over_and_is_no_double_run() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("b", &[20]);
    let tale = tale.domain_of(Guest::Subject, "b", Some(DomainState::Paused), 2);
    let tale = tale
        .writes("a", 7, 4..7)
        .ends(1, Code::Success)
        .emulator("a", &[]);
    let tale = tale.domain("b", DomainState::Running).writes("b", 7, 7..12);
    assert_passes(&migrate(), &tale.done());
}

#[test]
fn there_and_back_by_two_migrations_is_no_double_run() {
    let spec = steps(
        "  - run: {action: migrate_to, node: a, to: b, returns: success}\n  \
         - run: {action: migrate_to, node: b, to: a, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::Success);
    let tale = tale
        .emulator("a", &[])
        .emulator("b", &[20])
        .writes("b", 7, 4..8);
    let tale = tale.step(&[1]).run("migrate_to", "b", Code::Success);
    let tale = tale
        .emulator("b", &[])
        .emulator("a", &[11])
        .writes("a", 7, 8..12);
    assert_passes(&spec, &tale.done());
}

#[test]
fn a_counter_read_late_at_each_hand_over_is_no_double_run() {
    let spec = steps(
        "  - run: {action: migrate_to, node: a, to: b, returns: success}\n  \
         - run: {action: migrate_to, node: b, to: a, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .writes("a", 7, 5..6);
    let tale = tale
        .writes("b", 7, 5..7)
        .ends(1, Code::Success)
        .emulator("a", &[]);
    let tale = tale
        .step(&[1])
        .begins("migrate_to", "b")
        .writes("b", 7, 8..9)
        .writes("a", 7, 8..9);
    assert_passes(
        &spec,
        &tale.ends(2, Code::Success).writes("a", 7, 9..12).done(),
    );
}

#[test]
fn a_source_that_goes_on_after_the_target_began_runs_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .ends(1, Exit::Killed);
    let tale = tale.writes("b", 7, 4..7).writes("a", 7, 4..7);
    let verdict = decide(&migrate(), &tale.done());
    assert!(places(&verdict).contains(&"invariant 1"));
}

#[test]
fn a_guest_back_on_its_first_node_without_a_migration_runs_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale.writes("b", 7, 4..6).writes("a", 7, 6..8);
    assert_finds(&start(), &tale.done(), "invariant 1");
}

#[test]
fn the_same_processes_seen_running_by_turns_run_twice_even_without_writes() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale.emulator("b", &[20]).domain("b", DomainState::Running);
    let tale = tale
        .domain("a", DomainState::Running)
        .domain("b", DomainState::Running);
    assert_finds(&start(), &tale.done(), "invariant 1");
}

#[test]
fn samples_of_two_nodes_that_do_not_interleave_prove_nothing() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale.emulator("b", &[20]).domain("b", DomainState::Running);
    assert_passes(&start(), &tale.domain("b", DomainState::Running).done());
}

#[test]
fn two_emulators_on_one_node_for_long_run_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale
        .emulator("a", &[10, 11])
        .after(2000)
        .writes("a", 7, 4..5);
    assert_finds(&start(), &tale.done(), "invariant 1");
}

#[test]
fn two_emulators_of_which_one_is_dying_do_not_run_twice() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale
        .emulator("a", &[10, 11])
        .emulator("a", &[11])
        .after(2000);
    assert_passes(&start(), &tale.done());
}

/// When and where the guest of a start ran twice.
fn span(tale: &Tale) -> Doubled {
    let verdict = decide(&start(), tale);
    let found = verdict.double_run().expect("it ran twice");
    found.doubled.clone().expect("it has its span")
}

#[test]
fn a_double_run_lasts_from_the_second_ones_first_sign_to_the_last_of_both() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale.writes("b", 8, 1..4).writes("a", 7, 9..12);
    let tale = tale.writes("b", 8, 4..6).done();
    let history = tale.history();
    let at = |wanted: u64, counter: u64| {
        let entry = history.entries.iter().find(|entry| {
            matches!(&entry.what, What::Saw(Sighting::Write { incarnation, counter: number, .. })
                if (*incarnation, *number) == (wanted, counter))
        });
        entry.expect("it was written").at
    };
    let span = span(&tale);
    assert_eq!((span.from, span.to), (at(8, 1), at(7, 11)));
    assert_eq!(span.nodes, ["a".into(), "b".into()].into());
}

#[test]
fn what_libvirt_and_the_process_table_prove_lasts_while_neither_speaks_against_it() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric);
    let tale = tale.emulator("b", &[20]).domain("b", DomainState::Running);
    let tale = tale
        .domain("a", DomainState::Running)
        .domain("b", DomainState::Running)
        .after(1000)
        .domain("b", DomainState::Paused)
        .after(1000)
        .done();
    let history = tale.history();
    let on_b = |wanted: DomainState| {
        let entry = history.entries.iter().find(|entry| {
            matches!(&entry.what, What::Saw(Sighting::Domain { node, state, .. })
                if node.0 == "b" && *state == Some(wanted))
        });
        entry.expect("it was seen").at
    };
    let span = span(&tale);
    let (from, to) = (on_b(DomainState::Running), on_b(DomainState::Paused));
    assert_eq!((span.from, span.to), (from, to));
}

#[test]
fn a_start_that_no_cluster_orders_after_a_failed_stop_accuses_nobody() {
    let spec = steps(
        "  - run: {action: stop, node: a, returns: success}\n  \
         - run: {action: start, node: b, returns: success}",
    );
    let judged = |stop: Exit| {
        let tale = Tale::running_on_a().step(&[0]).run("stop", "a", stop);
        let tale = tale.step(&[1]).run("start", "b", Code::Success);
        let tale = tale.domain("b", DomainState::Running).emulator("b", &[20]);
        decide(
            &spec,
            &tale.writes("b", 8, 1..4).writes("a", 7, 9..12).done(),
        )
    };
    let doubled = |verdict: &Verdict| {
        let finding = verdict
            .findings
            .iter()
            .find(|one| one.place == "invariant 1");
        finding.map(|one| one.severity)
    };
    assert_eq!(
        doubled(&judged(Exit::Code(Code::Success))),
        Some(Severity::Fail)
    );
    for failed in [Exit::Code(Code::ErrGeneric), Exit::TimedOut] {
        let verdict = judged(failed);
        assert_eq!(verdict.severity, Severity::Fail);
        assert_eq!(doubled(&verdict), Some(Severity::Unknown));
    }
}
