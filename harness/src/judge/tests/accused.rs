//! Which run of the agent a finding accuses: its words are shown with it.

use super::tale::Tale;
use super::{decide, steps};
use crate::case::CaseSpec;
use crate::history::{DomainState, Guest};
use crate::judge::Verdict;
use crate::ocf::Code;

fn accused(verdict: &Verdict) -> Vec<(&str, Option<u32>)> {
    let findings = verdict.findings.iter();
    findings.map(|one| (one.place.as_str(), one.run)).collect()
}

/// A stop and a monitor after it, with what must hold at the end.
fn stop_and_monitor(then: &str) -> CaseSpec {
    steps(&format!(
        "  - run: {{action: stop, node: a, returns: success}}\n  \
           - run: {{action: monitor, node: a, as: check, returns: anything}}\nthen:\n  - {then}"
    ))
}

fn stopped() -> Tale {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success);
    let tale = tale.emulator("a", &[]).domain("a", DomainState::Absent);
    tale.step(&[1])
        .run(
            "monitor",
            "a",
            super::tale::End::from(Code::NotRunning).labelled("check"),
        )
        .after(2000)
}

#[test]
fn a_guest_that_was_cut_off_accuses_the_stop_in_which_it_ended_and_no_later_run() {
    let verdict = decide(
        &stop_and_monitor("guest: {ended_cleanly: true}"),
        &stopped().done(),
    );
    assert_eq!(accused(&verdict), [("then[0].guest", Some(1))]);
}

#[test]
fn what_is_seen_of_the_guest_accuses_the_last_run_that_changed_it() {
    let verdict = decide(
        &stop_and_monitor("running: {exactly: 1}"),
        &stopped().done(),
    );
    assert_eq!(accused(&verdict), [("then[0].running", Some(1))]);
}

#[test]
fn an_invariant_accuses_the_run_that_broke_it() {
    let left = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[10])
        .step(&[1])
        .run("monitor", "a", Code::Success)
        .after(2000)
        .done();
    let verdict = decide(&stop_and_monitor("running: {exactly: 1}"), &left);
    assert_eq!(accused(&verdict), [("invariant 2", Some(1))]);
}

#[test]
fn a_wrong_code_accuses_its_own_run() {
    let spec = steps(
        "  - run: {action: stop, node: a, returns: success}\n  \
           - run: {action: stop, node: a, returns: success}",
    );
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::ErrGeneric)
        .step(&[1])
        .run("stop", "a", Code::Success)
        .emulator("a", &[])
        .after(2000);
    let verdict = decide(&spec, &tale.done());
    assert_eq!(accused(&verdict), [("when[0].run.returns", Some(1))]);
}

#[test]
fn a_bystander_that_is_gone_accuses_the_last_run_on_its_node() {
    let bystander = |tale: Tale, pids: &[i32]| {
        let found = { pids.iter() }.map(|pid| (*pid, Guest::Bystander, false));
        tale.emulators("a", found.collect())
    };
    let tale = bystander(Tale::empty(), &[5]);
    let tale = tale.step(&[0]).run("stop", "a", Code::Success);
    let tale = bystander(tale, &[])
        .step(&[1])
        .run("stop", "b", Code::Success);
    let spec = steps(
        "  - run: {action: stop, node: a, returns: success}\n  \
           - run: {action: stop, node: b, returns: success}",
    );
    let verdict = decide(&spec, &tale.after(2000).done());
    assert_eq!(accused(&verdict), [("invariant 6", Some(1))]);
}
