use super::tale::{End, Tale};
use super::{assert_finds, decide, places, steps};
use crate::case::CaseSpec;
use crate::history::Exit;
use crate::judge::Severity;
use crate::ocf::Code;

fn stop() -> CaseSpec {
    steps("  - run: {action: stop, node: a, returns: success}")
}

#[test]
fn what_came_after_the_trouble_is_not_held_against_the_agent() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("stop", "a")
        .trouble("the node is gone");
    assert_finds(&stop(), &tale.ends(1, Code::ErrGeneric).done(), "lab");
}

#[test]
fn a_double_run_before_the_trouble_stays_proven() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .writes("b", 8, 1..4)
        .writes("a", 7, 4..8);
    let verdict = decide(&stop(), &tale.trouble("the node is gone"));
    assert_eq!(places(&verdict), ["invariant 1", "lab"]);
    assert_eq!(verdict.severity, Severity::Fail);
}

#[test]
fn a_history_that_breaks_off_is_unknown() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[]);
    let verdict = decide(&stop(), &tale);
    assert_eq!(
        (places(&verdict), verdict.severity),
        (vec!["lab"], Severity::Unknown)
    );
}

#[test]
fn a_step_that_was_not_carried_out_is_unknown() {
    let verdict = decide(&stop(), &Tale::running_on_a().done());
    assert_eq!(
        (places(&verdict), verdict.severity),
        (vec!["when[0]"], Severity::Unknown)
    );
}

/// The given world, before it is there: a start of the agent's own that ends so.
fn beginning(end: impl Into<End>) -> Tale {
    let tale = Tale::default().emulator("a", &[]).emulator("b", &[]);
    tale.run("start", "a", end)
}

#[test]
fn a_start_that_does_not_make_the_given_world_is_accused_of_that_and_of_nothing_else() {
    let failed = beginning(Code::ErrGeneric).trouble("the agent's own start failed");
    let lied = beginning(Code::Success)
        .emulator("a", &[])
        .trouble("the guest on a was never seen writing");
    for tale in [failed, lied] {
        let verdict = decide(&stop(), &tale);
        assert_eq!(verdict.severity, Severity::Unknown);
        assert!(verdict.could_not_begin());
        assert_eq!(verdict.findings[0].run, Some(1));
        assert_eq!((verdict.starts.tried, verdict.starts.worked), (1, 0));
    }
}

#[test]
fn a_world_that_the_lab_spoils_accuses_no_start() {
    let there = beginning(Code::Success).emulator("a", &[10]);
    let unseen = beginning(Code::Success);
    let starved = beginning(End {
        pressure: Some(99),
        ..End::from(Exit::TimedOut)
    });
    for tale in [there, unseen, starved] {
        let verdict = decide(&stop(), &tale.trouble("no sign of life"));
        assert!(!verdict.could_not_begin());
        assert_eq!(verdict.findings[0].place, "lab");
    }
}

#[test]
fn a_start_counts_as_working_unless_it_is_belied() {
    let start = steps("  - run: {action: start, node: a, returns: success}");
    let tale = Tale::empty().emulator("a", &[]).step(&[0]);
    let good = tale.clone().begins("start", "a").emulator("a", &[10]);
    let good = decide(&start, &good.ends(1, Code::Success).after(500).done());
    assert_eq!((good.starts.tried, good.starts.worked), (1, 1));
    let lie = tale.run("start", "a", Code::Success).emulator("a", &[]);
    let lie = decide(&start, &lie.after(500).done());
    assert_eq!((lie.starts.tried, lie.starts.worked), (1, 0));
}
