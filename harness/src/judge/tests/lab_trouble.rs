use super::tale::Tale;
use super::{assert_finds, decide, places, steps};
use crate::case::CaseSpec;
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
