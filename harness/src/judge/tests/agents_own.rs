//! What depends on the agent's own metadata, or on its own speed.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, steps};
use crate::history::{DomainState, Exit, Output};
use crate::judge::Severity;
use crate::ocf::Code;

#[test]
fn an_overrun_of_less_time_than_the_agent_asks_for_and_what_follows_from_it_say_nothing() {
    let spec = case(
        "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
         - run: {action: stop, node: a, returns: success}\nthen:\n  - state: {a: absent}",
    );
    let severity = |advertised| {
        let tale = Tale::running_on_a().step(&[0]);
        let tale = tale.run("stop", "a", Exit::TimedOut).advertises(advertised);
        decide(&spec, &tale.domain("a", DomainState::Running).done()).severity
    };
    assert_eq!(severity(&[("stop", 60_000)]), Severity::Unknown);
    assert_eq!(severity(&[("stop", 20_000)]), Severity::Fail);
    assert_eq!(severity(&[("start", 60_000)]), Severity::Unknown);
    assert_eq!(severity(&[]), Severity::Fail);
}

#[test]
fn a_run_that_takes_longer_than_the_same_where_nothing_is_amiss_is_found() {
    let spec = steps(
        "  - run: {action: stop, node: a, as: usual, returns: success}\n  \
         - run: {action: stop, node: a, as: other, returns: success}\n  \
         - check: {took: {of: other, beyond: usual, at_most: 5s}}",
    );
    let tale = |took| {
        let ended = |label, took| {
            let end = End::from(Code::Success);
            End { took, ..end }.labelled(label)
        };
        let tale = Tale::running_on_a().emulator("a", &[]);
        let tale = tale.domain("a", DomainState::Absent).step(&[0]);
        let tale = tale.run("stop", "a", ended("usual", 8000)).step(&[1]);
        let tale = tale.run("stop", "a", ended("other", took));
        tale.step(&[2]).done()
    };
    assert_passes(&spec, &tale(12_900));
    assert_finds(&spec, &tale(13_100), "when[2].check.took");
}

#[test]
fn a_note_says_which_reloadable_parameters_were_not_changed() {
    let spec = steps(
        "  - run: {action: meta-data, node: a, returns: success}\n  \
         - run: {action: reload-agent, node: a, each_reloadable: true, returns: success}",
    );
    let stdout = Output {
        text: "<resource-agent name=\"x\"><parameters>\
            <parameter name=\"limit\" reloadable=\"1\"><content type=\"integer\" default=\"1\"/></parameter>\
            <parameter name=\"peers\" reloadable=\"1\"><content type=\"string\"/></parameter>\
            <parameter name=\"file\"><content type=\"string\"/></parameter>\
            </parameters></resource-agent>"
            .to_owned(),
        ..Output::default()
    };
    let printed = End {
        stdout,
        ..End::from(Code::Success)
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("meta-data", "a", printed);
    let tale = tale.step(&[1]).run("reload-agent", "a", Code::Success);
    let tale = tale.run("reload-agent", "a", Code::Success);
    let note = "reload-agent was not tried with a change of `peers`: the metadata name no other value that the agent takes";
    assert_eq!(decide(&spec, &tale.done()).notes, [note]);
}

#[test]
fn codes_of_roles_are_for_monitor_of_an_agent_that_can_be_promoted() {
    let spec = steps("  - run: {action: monitor, node: a, returns: anything}");
    let found = |action: &str, code: Code, advertised: &[(&str, u64)]| {
        let tale = Tale::running_on_a().step(&[0]).run(action, "a", code);
        let tale = tale.emulator("a", &[10]).advertises(advertised);
        let verdict = decide(&spec, &tale.done());
        verdict.severity == Severity::Fail
    };
    let promotable = [("promote", 20_000), ("demote", 20_000)];
    for code in [
        Code::RunningPromoted,
        Code::FailedPromoted,
        Code::DegradedPromoted,
    ] {
        assert!(!found("monitor", code, &promotable), "{code}");
        assert!(found("monitor", code, &[("notify", 20_000)]), "{code}");
        assert!(found("stop", code, &promotable), "{code}");
    }
}
