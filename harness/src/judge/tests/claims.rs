//! Invariants 5 and 10 to 13: what a success claims, old memory, codes that ban, and errors of interpreters.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, places, steps};
use crate::case::CaseSpec;
use crate::history::{DomainState, LabFacts, What};
use crate::judge::Severity;
use crate::ocf::Code;

fn migration() -> CaseSpec {
    steps("  - run: {action: migrate_to, node: a, to: b, returns: anything}")
}

fn arrival() -> CaseSpec {
    case(
        "case: it holds\nclause: [X-01]\nlevel: should\nwhen:\n  \
         - run: {action: migrate_from, node: b, from: a, returns: anything}\n",
    )
}

#[test]
fn a_migrate_from_that_succeeds_where_no_guest_came_fails_even_a_case_of_should() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_from", "b", Code::Success)
        .emulator("b", &[])
        .after(2500);
    let verdict = decide(&arrival(), &tale.done());
    assert_eq!(places(&verdict), ["invariant 5"]);
    assert_eq!(verdict.severity, Severity::Fail);
}

#[test]
fn a_migrate_from_that_succeeds_while_the_guest_is_received_is_found() {
    let came = |state, reason| {
        let tale = Tale::running_on_a().emulator("b", &[20]).step(&[0]);
        let tale = tale.run("migrate_from", "b", Code::Success);
        let tale = tale.emulator("b", &[20]);
        tale.domain_of(crate::history::Guest::Subject, "b", Some(state), reason)
            .after(2500)
            .done()
    };
    let received = came(DomainState::Paused, DomainState::PAUSED_MIGRATION);
    assert_finds(&arrival(), &received, "invariant 5");
    assert_passes(&arrival(), &came(DomainState::Running, 1));
    let by_its_user = 1;
    assert_passes(&arrival(), &came(DomainState::Paused, by_its_user));
}

#[test]
fn a_migrate_to_that_succeeds_while_the_guest_runs_on_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::Success)
        .emulator("a", &[10])
        .domain("a", DomainState::Running)
        .after(500);
    assert_finds(&migration(), &tale.done(), "invariant 5");
}

#[test]
fn a_migrate_to_that_succeeds_while_nothing_is_on_the_target_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("a", &[])
        .ends(1, Code::Success)
        .domain("a", DomainState::Absent)
        .emulator("b", &[])
        .after(2500);
    assert_finds(&migration(), &tale.done(), "invariant 5");
}

#[test]
fn a_migrate_to_whose_guest_moved_is_believed() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("b", &[20])
        .domain("b", DomainState::Running)
        .emulator("a", &[])
        .domain("a", DomainState::Absent)
        .ends(1, Code::Success);
    assert_passes(&migration(), &tale.after(2500).done());
}

#[test]
fn a_guest_that_a_migration_was_interrupted_for_is_not_held_against_migrate_to() {
    let spec = steps(
        "  - together:\n      - run: {action: migrate_to, node: a, to: b, returns: anything}\n      \
         - run: {action: stop, node: b, returns: anything}",
    );
    let tale = Tale::running_on_a()
        .step(&[0, 0])
        .begins("migrate_to", "a")
        .step(&[0, 1])
        .begins("stop", "b")
        .emulator("a", &[])
        .ends(1, Code::Success)
        .ends(2, Code::Success);
    assert_passes(
        &spec,
        &tale.domain("a", DomainState::Absent).after(2500).done(),
    );
}

#[test]
fn a_migrate_to_that_fails_and_leaves_the_target_receiving_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("b", &[20])
        .ends(1, Code::ErrGeneric)
        .emulator("a", &[10])
        .emulator("b", &[20]);
    let left = |ms| tale.clone().after(ms).done();
    assert_finds(&migration(), &left(2500), "invariant 5");
    assert_passes(&migration(), &left(300));
    let gone = tale.clone().emulator("b", &[]).after(2500);
    assert_passes(&migration(), &gone.done());
}

#[test]
fn a_start_that_leaves_the_guest_paused_is_found_unless_it_was_so() {
    let start = steps("  - run: {action: start, node: a, returns: success}");
    let told = Tale::empty().emulator("a", &[]).step(&[0]);
    let tale = told.begins("start", "a").emulator("a", &[11]);
    let paused = |tale: Tale| {
        tale.ends(1, Code::Success)
            .domain("a", DomainState::Paused)
            .after(2500)
            .done()
    };
    assert_finds(&start, &paused(tale), "invariant 3");
    let before = Tale::empty().emulator("a", &[11]).step(&[0]);
    assert_passes(&start, &paused(before.begins("start", "a")));
}

#[test]
fn a_validation_that_starts_or_ends_a_guest_or_defines_one_is_found() {
    let validate = steps("  - run: {action: validate-all, node: a, returns: anything}");
    let run = |before: Tale| before.step(&[0]).run("validate-all", "a", Code::Success);
    let started = run(Tale::empty().emulator("a", &[])).emulator("a", &[11]);
    assert_finds(&validate, &started.after(2500).done(), "invariant 11");
    let ended = run(Tale::running_on_a().writes("a", 7, 4..6)).emulator("a", &[]);
    assert_finds(&validate, &ended.after(2500).done(), "invariant 11");
    let nothing = || {
        Tale::empty()
            .emulator("a", &[])
            .domain("a", DomainState::Absent)
    };
    let defined = run(nothing()).emulator("a", &[]);
    let defined = defined.domain("a", DomainState::Shutoff);
    assert_finds(&validate, &defined.after(2500).done(), "invariant 11");
    let nothing = run(nothing()).emulator("a", &[]);
    let nothing = nothing.domain("a", DomainState::Absent);
    assert_passes(&validate, &nothing.after(2500).done());
}

#[test]
fn a_guest_that_ends_beside_a_validation_by_something_else_is_not_held_against_it() {
    let spec = steps(
        "  - guest: power_off\n  \
         - run: {action: validate-all, node: a, returns: anything}",
    );
    let tale = Tale::running_on_a().step(&[0]).step(&[1]);
    let tale = tale.run("validate-all", "a", Code::Success);
    assert_passes(&spec, &tale.emulator("a", &[]).after(2500).done());
}

#[test]
fn a_container_that_reboots_beside_a_monitor_comes_up_by_itself() {
    let spec = |command: &str| {
        steps(&format!(
            "  - guest: {command}\n  - run: {{action: monitor, node: a, returns: anything}}"
        ))
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .emulator("a", &[])
        .step(&[1]);
    let tale = tale.run("monitor", "a", Code::Success).emulator("a", &[11]);
    let back = tale.after(2500).done();
    assert_passes(&spec("reboot"), &back);
    assert_finds(&spec("power_off"), &back, "invariant 11");
}

#[test]
fn a_guest_that_the_case_kills_in_that_millisecond_is_not_held_against_a_monitor() {
    let spec = steps(
        "  - run: {action: monitor, node: a, returns: anything}\n  \
         - fault: {emulator: {node: a, do: kill}}",
    );
    let tale = Tale::running_on_a().step(&[0]);
    let looked = tale.run("monitor", "a", Code::Success).writes("a", 7, 4..5);
    let killed = looked.clone().step(&[1]).at_once().emulator("a", &[]);
    assert_passes(&spec, &killed.after(2500).done());
    let gone = looked.emulator("a", &[]).step(&[1]);
    assert_finds(&spec, &gone.after(2500).done(), "invariant 11");
}

#[test]
fn a_monitor_that_starts_a_guest_again_whose_emulator_was_killed_is_found() {
    let spec = steps(
        "  - fault: {emulator: {node: a, do: kill}}\n  \
         - run: {action: monitor, node: a, interval: 10s, returns: anything}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .emulator("a", &[])
        .step(&[1]);
    let tale = tale.run("monitor", "a", Code::NotRunning);
    assert_finds(
        &spec,
        &tale.emulator("a", &[11]).after(2500).done(),
        "invariant 11",
    );
}

#[test]
fn a_guest_that_comes_back_after_a_newer_one_had_written_is_found() {
    let spec = steps("  - run: {action: start, node: a, returns: anything}");
    let saved = Tale::running_on_a()
        .step(&[0])
        .after(500)
        .emulator("a", &[]);
    let newer = |tale: Tale| {
        tale.emulator("a", &[11])
            .writes("a", 8, 1..6)
            .after(500)
            .emulator("a", &[])
    };
    let resumed = newer(saved)
        .run("start", "a", Code::Success)
        .emulator("a", &[12])
        .writes("a", 7, 4..9);
    assert_finds(&spec, &resumed.done(), "invariant 10");
}

#[test]
fn a_guest_that_begins_again_at_an_earlier_write_of_its_own_is_found() {
    let spec = steps("  - run: {action: start, node: a, returns: anything}");
    let restored = |counter: u64| {
        Tale::running_on_a()
            .writes("a", 7, 4..20)
            .after(500)
            .emulator("a", &[])
            .step(&[0])
            .run("start", "a", Code::Success)
            .emulator("a", &[12])
            .writes("a", 7, counter..counter + 4)
            .done()
    };
    assert_finds(&spec, &restored(10), "invariant 10");
    assert_passes(&spec, &restored(19));
    assert_passes(&spec, &restored(20));
}

#[test]
fn a_code_that_bans_the_guest_for_a_trouble_of_the_moment_is_found() {
    let spec = |config: &str| {
        case(&format!(
            "case: it holds\nclause: [X-01]\nlevel: should\ngiven: {{a: absent, config: {config}}}\n\
             when:\n  - fault: {{daemon: {{node: a, do: stop}}}}\n  \
             - run: {{action: start, node: a, returns: failure}}\n"
        ))
    };
    let tale = |code: Code| {
        let tale = Tale::empty().emulator("a", &[]).step(&[0]).step(&[1]);
        tale.run("start", "a", code).done()
    };
    let found = |config: &str, code| decide(&spec(config), &tale(code));
    let fatal = found("plain", Code::ErrConfigured);
    assert_eq!(places(&fatal), ["invariant 12"]);
    assert_eq!(fatal.severity, Severity::Fail);
    let hard = found("plain", Code::ErrInstalled);
    assert_eq!(places(&hard), ["invariant 12"]);
    assert_eq!(hard.severity, Severity::Warn);
    assert_eq!(found("plain", Code::ErrGeneric).severity, Severity::Pass);
    let wrong = found("truncated", Code::ErrConfigured);
    assert_eq!(wrong.severity, Severity::Pass);
}

#[test]
fn a_code_that_bans_is_right_where_the_agent_was_told_no_target() {
    let verdict = |target: &str| {
        let spec = case(&format!(
            "case: it holds\nclause: [X-01]\nlevel: must\nneeds: {{nodes: 2}}\ngiven: {{a: running}}\nwhen:\n  \
             - run: {{action: migrate_to, node: a, to: b, target: {target}, returns: failure}}\n"
        ));
        let tale = Tale::running_on_a().step(&[0]);
        let tale = tale
            .run("migrate_to", "a", Code::ErrArgs)
            .emulator("a", &[10]);
        decide(&spec, &tale.done())
    };
    assert_eq!(places(&verdict("told")), ["invariant 12"]);
    assert_eq!(places(&verdict("none")), [""; 0]);
}

#[test]
fn an_error_of_the_interpreter_warns_and_fails_where_it_changed_an_answer() {
    let stop = |level: &str| {
        case(&format!(
            "case: it holds\nclause: [X-01]\nlevel: {level}\nwhen:\n  \
             - run: {{action: stop, node: b, returns: success}}\n"
        ))
    };
    let tale = |code: Code| {
        let end = End {
            stderr: "/agent: 3: [: x: unexpected operator\n",
            ..End::from(code)
        };
        let tale = Tale::running_on_a().step(&[0]);
        tale.run("stop", "b", end).emulator("b", &[]).done()
    };
    let verdict = decide(&stop("must"), &tale(Code::Success));
    assert_eq!(places(&verdict), ["invariant 13"]);
    assert_eq!(verdict.severity, Severity::Warn);
    let verdict = decide(&stop("should"), &tale(Code::ErrGeneric));
    assert_eq!(verdict.severity, Severity::Fail);
    assert_eq!(places(&verdict).len(), 2);
}

#[test]
fn what_is_left_on_the_first_node_of_a_guest_that_moved_away_is_found() {
    let spec = steps("  - run: {action: stop, node: a, returns: success}");
    let tale = |files: &[&str]| {
        let moved = Tale::running_on_a().remains("a", &[]).emulator("a", &[]);
        let moved = moved
            .emulator("b", &[20])
            .domain("a", DomainState::Absent)
            .step(&[0])
            .run("stop", "a", Code::Success);
        moved.emulator("a", &[]).remains("a", files).done()
    };
    assert_finds(&spec, &tale(&["/tmp/scratch"]), "invariant 8");
    assert_passes(&spec, &tale(&[]));
}

#[test]
fn what_the_start_of_the_given_world_leaves_is_found() {
    let spec = steps("  - run: {action: stop, node: a, returns: success}");
    let tale = Tale::default().remains("a", &[]).told(What::Ready {
        lab: LabFacts::default(),
    });
    let tale = tale.remains("a", &["/tmp/scratch"]).emulator("a", &[10]);
    let tale = tale.step(&[0]).run("stop", "a", Code::Success);
    let tale = tale.emulator("a", &[]).remains("a", &["/tmp/scratch"]);
    assert_finds(&spec, &tale.done(), "invariant 8");
}
