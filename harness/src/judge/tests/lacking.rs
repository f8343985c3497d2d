//! An agent that calls a program which its machine lacks is not accused of that.

use super::tale::{End, Tale};
use super::{decide, places, steps};
use crate::history::Exit;
use crate::judge::{Severity, Verdict};
use crate::ocf::Code;

/// A monitor that must succeed, with more words, and what it comes to.
fn judged(words: &str, stderr: &'static str, exit: Exit) -> Verdict {
    let spec = steps(&format!(
        "  - run: {{action: monitor, node: a, returns: success{words}}}"
    ));
    let end = End {
        stderr,
        ..End::from(exit)
    };
    let tale = Tale::running_on_a().step(&[0]).run("monitor", "a", end);
    decide(&spec, &tale.emulator("a", &[10]).done())
}

const GOOD: Exit = Exit::Code(Code::Success);
const BAD: Exit = Exit::Code(Code::ErrGeneric);

#[test]
fn a_program_that_is_not_found_makes_the_case_unknown_and_is_named() {
    for line in [
        "/agent: 3: jq: not found",
        "/agent: line 3: jq: command not found",
        "/agent: line 3: jq: not found",
    ] {
        for exit in [GOOD, BAD] {
            let verdict = judged("", line, exit);
            assert_eq!(verdict.severity, Severity::Unknown, "{line}");
            let of_the_lab = verdict.findings.iter().find(|one| one.place == "lab");
            let seen = &of_the_lab.expect("it is told").seen;
            assert!(
                seen.contains("did not find jq") && seen.contains("install it"),
                "{seen}"
            );
        }
    }
}

#[test]
fn a_function_that_its_library_should_have_is_the_agents_own_error() {
    let verdict = judged("", "/agent: line 3: ocf_log: command not found", GOOD);
    assert_eq!(verdict.severity, Severity::Warn);
    assert_eq!(places(&verdict), ["invariant 13"]);
}

#[test]
fn a_tool_that_the_case_took_away_or_that_only_a_cluster_has_is_no_lack() {
    let verdict = judged(
        ", without_tools: [virsh]",
        "/agent: 3: virsh: not found",
        GOOD,
    );
    assert_eq!(verdict.severity, Severity::Pass);
    let verdict = judged("", "/agent: 3: crm_resource: not found", BAD);
    assert_eq!(verdict.severity, Severity::Fail);
}
