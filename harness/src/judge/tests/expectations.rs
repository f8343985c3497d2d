use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, places, steps};
use crate::history::{DomainState, Exit, StepPath, What};
use crate::judge::Severity;
use crate::ocf::Code;

#[test]
fn a_run_that_ends_otherwise_is_found_at_its_returns() {
    let spec = steps("  - run: {action: monitor, node: a, returns: success}");
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", Code::ErrGeneric)
        .done();
    assert_finds(&spec, &tale, "when[0].run.returns");
}

#[test]
fn an_overrun_is_told_once_with_its_own_clause() {
    let spec = steps("  - run: {action: monitor, node: a, returns: anything, within: 5s}");
    let end = End {
        took: 20_000,
        ..End::from(Exit::TimedOut)
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", end)
        .done();
    let verdict = decide(&spec, &tale);
    assert_eq!(places(&verdict), ["when[0].run.returns"]);
    let clauses: Vec<_> = verdict.findings[0]
        .clauses
        .iter()
        .map(|id| id.0.as_str())
        .collect();
    assert_eq!(clauses, ["X-01", "OCF-TIME-01"]);
}

#[test]
fn an_overrun_on_an_overloaded_machine_and_what_follows_from_it_say_nothing() {
    let spec = case(
        "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
         - run: {action: stop, node: a, returns: success}\nthen:\n  - state: {a: absent}",
    );
    let verdict = |pressure| {
        let end = End {
            pressure,
            ..End::from(Exit::TimedOut)
        };
        let tale = Tale::running_on_a().step(&[0]).run("stop", "a", end);
        decide(&spec, &tale.domain("a", DomainState::Running).done()).severity
    };
    assert_eq!(verdict(Some(95)), Severity::Unknown);
    assert_eq!(verdict(Some(40)), Severity::Fail);
    assert_eq!(verdict(None), Severity::Fail);
}

#[test]
fn a_failure_over_a_file_that_only_a_lab_shows_read_only_says_nothing_and_names_the_file() {
    let spec = steps("  - run: {action: start, node: a, returns: success}");
    let verdict = |stderr| {
        let end = End {
            stderr,
            ..End::from(Code::ErrGeneric)
        };
        let tale = Tale::empty().step(&[0]).run("start", "a", end);
        decide(&spec, &tale.done())
    };
    let refused = verdict("sh: 3: cannot create /usr/x: Read-only file system\n");
    assert_eq!(refused.severity, Severity::Unknown);
    let note = "start on a tried to write /usr/x, which is read-only in a lab";
    assert_eq!(refused.notes, [note]);
    assert_eq!(verdict("no such thing\n").severity, Severity::Fail);
}

#[test]
fn a_run_slower_than_within_is_found() {
    let spec = steps("  - run: {action: monitor, node: a, returns: success, within: 5s}");
    let end = End {
        took: 5100,
        ..End::from(Code::Success)
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", end)
        .done();
    assert_finds(&spec, &tale, "when[0].run.within");
}

#[test]
fn every_run_of_times_must_end_as_told() {
    let spec = steps("  - run: {action: monitor, node: a, times: 3, returns: success}");
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("monitor", "a", Code::Success);
    let tale = tale
        .run("monitor", "a", Code::ErrGeneric)
        .run("monitor", "a", Code::Success);
    assert_finds(&spec, &tale.done(), "when[0].run.returns");
}

#[test]
fn runs_of_a_together_are_told_apart_by_their_path() {
    let spec = steps(
        "  - together:\n      - run: {action: monitor, node: a, returns: success}\n      \
         - run: {action: monitor, node: b, returns: not_running}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .step(&[0, 0])
        .begins("monitor", "a");
    let tale = tale.step(&[0, 1]).begins("monitor", "b");
    let tale = tale.ends(2, Code::NotRunning).ends(1, Code::ErrGeneric);
    assert_finds(&spec, &tale.done(), "when[0].together[0].run.returns");
}

#[test]
fn an_agent_that_ended_before_the_kill_is_not_to_blame() {
    let spec =
        steps("  - run: {action: migrate_to, node: a, to: b, kill_after: 1s, returns: killed}");
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::ErrGeneric)
        .done();
    assert_eq!(decide(&spec, &tale).severity, Severity::Unknown);
}

#[test]
fn a_should_that_is_not_met_is_a_warning_and_a_may_is_a_note() {
    let text = |level| {
        format!(
            "case: it holds\nclause: [X-01]\nlevel: {level}\nwhen:\n  \
             - run: {{action: monitor, node: a, returns: success}}"
        )
    };
    let tale = || {
        Tale::running_on_a()
            .step(&[0])
            .run("monitor", "a", Code::ErrGeneric)
            .done()
    };
    assert_eq!(
        decide(&case(&text("should")), &tale()).severity,
        Severity::Warn
    );
    let verdict = decide(&case(&text("may")), &tale());
    assert_eq!((verdict.severity, verdict.notes.len()), (Severity::Pass, 1));
    assert_eq!(verdict.unmet_may, 1);
}

#[test]
fn a_check_is_judged_at_its_own_moment() {
    let spec = steps("  - check: {running: {exactly: 1}}\n  - check: {running: {exactly: 0}}");
    let tale = Tale::running_on_a()
        .step(&[0])
        .domain("a", DomainState::Running);
    let tale = tale.step(&[1]).emulator("a", &[]).done();
    assert_passes(&spec, &tale);
    let spec = steps("  - check: {running: {exactly: 0}}\n  - check: {running: {exactly: 0}}");
    assert_finds(&spec, &tale, "when[0].check.running");
}

#[test]
fn a_settle_that_did_not_come_true_is_found() {
    let spec = steps("  - settle: {until: {running: {exactly: 0}}, within: 1s}");
    let settled = What::Settled {
        path: StepPath::when(0),
        held: false,
    };
    let tale = Tale::running_on_a().step(&[0]).told(settled).done();
    assert_finds(&spec, &tale, "when[0].settle");
}

#[test]
fn a_settle_that_waits_for_guest_or_libvirt_alone_is_not_held_against_the_agent() {
    let settle = "  - settle: {until: {running: {exactly: 0}}, within: 1s}";
    let settled = |path: usize| What::Settled {
        path: StepPath::when(path),
        held: false,
    };
    let after = |deeds: &str| {
        let spec = steps(&format!("{deeds}\n{settle}"));
        let last = spec.when.len() - 1;
        let tale = (0..last).fold(Tale::running_on_a(), |tale, path| tale.step(&[path]));
        decide(&spec, &tale.step(&[last]).told(settled(last)).done()).severity
    };
    assert_eq!(after("  - guest: power_off"), Severity::Unknown);
    let checked = "  - outside: {destroy: a}\n  - check: {running: {exactly: 1}}";
    assert_eq!(after(checked), Severity::Unknown);
    let again = "  - guest: power_off\n  - settle: {until: {running: {at_most: 1}}, within: 1s}";
    assert_eq!(after(again), Severity::Fail);
}
