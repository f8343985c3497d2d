use super::tale::{End, Tale};
use super::{places, steps};
use crate::case::CaseId;
use crate::history::{DomainState, Exit};
use crate::judge::{AgentFacts, judge};
use crate::ocf::{Code, Dialect};

/// What is found in a case with that one step, if the agent speaks that dialect.
fn found(dialect: Dialect, step: &str, tale: &Tale) -> Vec<String> {
    let facts = AgentFacts {
        dialect,
        ..AgentFacts::default()
    };
    let (id, spec) = (
        CaseId("area::case".to_owned()),
        steps(&format!("  - run: {step}")),
    );
    let verdict = judge(&id, &spec, &tale.clone().done().history(), &facts);
    places(&verdict).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_code_that_is_bound_to_no_action_is_no_finding() {
    let tale = Tale::running_on_a().step(&[0]);
    let tale = tale.run("stop", "a", Code::NotRunning);
    let found = |dialect| found(dialect, "{action: stop, node: a, returns: anything}", &tale);
    assert_eq!(found(Dialect::Ocf11), ["invariant 9"]);
    assert_eq!(found(Dialect::Rgmanager), [""; 0]);
}

#[test]
fn a_status_that_denies_a_running_guest_lies_in_every_dialect() {
    let tale = Tale::running_on_a().step(&[0]);
    let told = |code| tale.clone().run("monitor", "a", code).emulator("a", &[10]);
    let step = "{action: monitor, node: a, returns: anything}";
    let found = |dialect, code| found(dialect, step, &told(code));
    for dialect in [Dialect::Ocf11, Dialect::Rgmanager] {
        assert_eq!(found(dialect, Code::NotRunning), ["invariant 4"]);
    }
    // Pacemaker takes it of a probe for "not running"; to rgmanager it is a failure like any other.
    assert_eq!(found(Dialect::Ocf11, Code::ErrArgs), ["invariant 4"]);
    assert_eq!(found(Dialect::Rgmanager, Code::ErrArgs), [""; 0]);
}

#[test]
fn a_log_in_colours_is_no_finding_where_it_goes_to_standard_output() {
    let mut end = End::from(Code::Success);
    end.stdout.binary = true;
    let tale = Tale::running_on_a().step(&[0]).run("monitor", "a", end);
    let step = "{action: monitor, node: a, returns: success}";
    assert_eq!(found(Dialect::Ocf11, step, &tale), ["invariant 9"]);
    assert_eq!(found(Dialect::Rgmanager, step, &tale), [""; 0]);
}

const MOVE: &str = "{action: migrate_to, node: a, to: b, returns: anything}";

/// A migration that ends so, after which the guest goes on.
fn failed(exit: Exit) -> Tale {
    let tale = Tale::running_on_a().step(&[0]);
    let tale = tale.run("migrate_to", "a", exit).after(1000);
    tale.emulator("a", &[10]).writes("a", 7, 4..8)
}

#[test]
fn a_failed_migrate_of_a_healthy_guest_ends_with_150_6_or_7() {
    let found = |exit| found(Dialect::Rgmanager, MOVE, &failed(exit));
    assert_eq!(found(Exit::Code(Code::ErrGeneric)), ["invariant 20"]);
    assert_eq!(found(Exit::OfDialect(151)), ["invariant 20"]);
    for code in [Code::ErrConfigured, Code::NotRunning] {
        assert_eq!(found(Exit::Code(code)), [""; 0]);
    }
    assert_eq!(found(Exit::OfDialect(150)), [""; 0]);
    assert_eq!(found(Exit::Killed), ["when[0].run.returns"]);
}

#[test]
fn no_other_manager_gives_a_guest_up_for_a_failed_migration() {
    let told = failed(Exit::Code(Code::ErrGeneric));
    assert_eq!(found(Dialect::Ocf11, MOVE, &told), [""; 0]);
}

#[test]
fn a_failed_migrate_says_150_only_while_the_guest_runs_on_its_node() {
    let tale = Tale::running_on_a().step(&[0]);
    let tale = tale.run("migrate_to", "a", Exit::OfDialect(150));
    let gone = { tale.emulator("a", &[]).emulator("b", &[20]) }
        .domain("a", DomainState::Absent)
        .domain("b", DomainState::Running);
    let told = gone.writes("b", 7, 4..8);
    assert_eq!(found(Dialect::Rgmanager, MOVE, &told), ["invariant 20"]);
}

#[test]
fn an_error_is_right_where_the_guest_is_dead() {
    let tale = Tale::running_on_a().step(&[0]);
    let tale = tale.run("migrate_to", "a", Code::ErrGeneric).after(1000);
    let dead = tale.emulator("a", &[]).emulator("b", &[]);
    let found = found(Dialect::Rgmanager, MOVE, &dead);
    assert!(!found.contains(&"invariant 20".to_owned()), "{found:?}");
}
