//! Invariants 6 to 9.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, steps};
use crate::case::{CaseId, CaseSpec, ClauseId, FaultKind};
use crate::history::{DomainState, Exit, Guest, LabFacts, NodeName, Output, What};
use crate::judge::{AgentFacts, Severity, judge, leftovers, note_usual_leftovers};
use crate::ocf::Code;

fn stop() -> CaseSpec {
    steps("  - run: {action: stop, node: a, returns: anything}")
}

fn stopped() -> Tale {
    Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[])
}

fn with_bystander() -> Tale {
    let tale = Tale::empty().emulators(
        "a",
        vec![(10, Guest::Subject, false), (30, Guest::Bystander, false)],
    );
    let tale = tale.domain_of(Guest::Bystander, "a", Some(DomainState::Running), 1);
    tale.write_of(Guest::Bystander, "a", 3, 1)
        .step(&[0])
        .run("stop", "a", Code::Success)
}

#[test]
fn a_stop_that_ends_the_bystander_is_found() {
    assert_finds(
        &stop(),
        &with_bystander().emulator("a", &[]).done(),
        "invariant 6",
    );
}

#[test]
fn a_stop_that_ends_the_stranger_is_found() {
    let tale = Tale::empty()
        .emulators("a", vec![(40, Guest::Stranger, false)])
        .step(&[0]);
    let tale = tale.run("stop", "a", Code::Success).emulator("a", &[]);
    assert_finds(&stop(), &tale.done(), "invariant 6");
}

#[test]
fn a_bystander_that_was_booted_anew_is_found() {
    let tale = with_bystander().emulators("a", vec![(30, Guest::Bystander, false)]);
    assert_finds(
        &stop(),
        &tale.write_of(Guest::Bystander, "a", 4, 1).done(),
        "invariant 6",
    );
}

#[test]
fn a_bystander_whose_daemon_went_away_and_forgot_it_lives() {
    let tale = with_bystander().emulators("a", vec![(30, Guest::Bystander, false)]);
    let tale = tale.domain_of(Guest::Bystander, "a", None, 0);
    let tale = tale.domain_of(Guest::Bystander, "a", Some(DomainState::Absent), 0);
    assert_passes(&stop(), &tale.write_of(Guest::Bystander, "a", 3, 2).done());
}

#[test]
fn a_configuration_file_that_the_agent_changed_is_found() {
    let tale = Tale::running_on_a()
        .config("a", "aa")
        .step(&[0])
        .run("stop", "a", Code::Success);
    let tale = tale.emulator("a", &[]).config("a", "bb");
    assert_finds(&stop(), &tale.done(), "invariant 7");
}

#[test]
fn a_configuration_file_is_compared_with_the_last_look_before_the_world_was_ready() {
    let world = Tale::default().config("a", "aa").config("a", "bb");
    let world = world.told(What::Ready {
        lab: LabFacts::default(),
    });
    let told = |digest: &str| {
        let tale = world.clone().step(&[0]);
        let tale = tale.run("monitor", "a", Code::NotRunning);
        tale.config("a", digest).done()
    };
    let monitor = steps("  - run: {action: monitor, node: a, returns: not_running}");
    assert_passes(&monitor, &told("bb"));
    assert_finds(&monitor, &told("cc"), "invariant 7");
}

#[test]
fn a_configuration_file_that_the_harness_changed_is_not() {
    let fault = What::Fault {
        kind: FaultKind::Config.into(),
        node: "a".into(),
    };
    let tale = Tale::running_on_a()
        .config("a", "aa")
        .told(fault)
        .config("a", "");
    let tale = tale
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[])
        .config("a", "");
    let healed = What::Healed {
        kind: FaultKind::Config.into(),
    };
    assert_passes(&stop(), &tale.told(healed).config("a", "aa").done());
}

#[test]
fn a_file_left_after_the_last_stop_is_a_warning() {
    let tale = Tale::running_on_a()
        .remains("a", &[])
        .step(&[0])
        .run("stop", "a", Code::Success);
    let tale = tale
        .emulator("a", &[])
        .done()
        .remains("a", &["/tmp/subject.state"]);
    assert_finds(&stop(), &tale, "invariant 8");
    assert_eq!(decide(&stop(), &tale).severity, Severity::Warn);
}

#[test]
fn a_file_on_a_node_that_was_lost_after_the_stop_is_no_leftover() {
    let tale = Tale::running_on_a()
        .remains("a", &[])
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[]);
    let lost = What::Fault {
        kind: FaultKind::Lost.into(),
        node: NodeName::from("a"),
    };
    let tale = tale.told(lost).done();
    assert_passes(&stop(), &tale.remains("a", &["/tmp/subject.state"]));
}

#[test]
fn a_file_that_a_parameter_names_is_no_leftover() {
    let tale = Tale::running_on_a()
        .remains("a", &[])
        .step(&[0])
        .run("stop", "a", Code::Success)
        .given("logfile", "/run/vm1.log");
    let tale = tale.emulator("a", &[]).done();
    assert_passes(&stop(), &tale.clone().remains("a", &["/run/vm1.log"]));
    let both = tale.remains("a", &["/run/vm1.log", "/tmp/scratch"]);
    let seen = &decide(&stop(), &both).findings[0].seen;
    assert_eq!(seen, "file /tmp/scratch");
}

#[test]
fn what_any_life_of_a_guest_leaves_is_noted_but_in_the_cases_about_that() {
    let tale = Tale::running_on_a()
        .remains("a", &[])
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[])
        .done();
    let mut usual = tale.clone().remains("a", &["/run/vm1.state"]).history();
    let id = CaseId("area::case".to_owned());
    let kinds = leftovers(&stop(), &usual);
    note_usual_leftovers(&mut usual, &kinds);
    let verdict = judge(&id, &stop(), &usual, &AgentFacts::default());
    assert_eq!(verdict.severity, Severity::Pass);
    assert!(verdict.notes[0].contains("/run/vm*.state"), "{verdict:?}");
    let mut about = stop();
    about.clause = vec![ClauseId("STOP-16".to_owned())];
    let verdict = judge(&id, &about, &usual, &AgentFacts::default());
    assert_eq!(verdict.severity, Severity::Warn);
    let mut more = tale
        .remains("a", &["/run/vm1.state", "/tmp/scratch"])
        .history();
    note_usual_leftovers(&mut more, &kinds);
    let verdict = judge(&id, &stop(), &more, &AgentFacts::default());
    assert_eq!(verdict.findings[0].seen, "file /tmp/scratch");
}

#[test]
fn a_file_is_no_leftover_while_the_guest_runs() {
    let spec = steps("  - run: {action: start, node: a, returns: success}");
    let tale = Tale::running_on_a()
        .remains("a", &[])
        .step(&[0])
        .run("start", "a", Code::Success);
    assert_passes(&spec, &tale.done().remains("a", &["/tmp/subject.state"]));
}

#[test]
fn a_code_outside_the_standard_is_found() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Exit::Other(127));
    let verdict = decide(&stop(), &tale.done());
    assert_eq!(
        super::places(&verdict),
        ["when[0].run.returns", "invariant 9"]
    );
}

#[test]
fn not_running_from_stop_is_found_though_the_case_admits_anything() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::NotRunning);
    assert_finds(&stop(), &tale.done(), "invariant 9");
}

#[test]
fn output_that_is_no_text_is_a_warning() {
    let stdout = Output {
        text: String::new(),
        bytes: 3,
        binary: true,
        cut: false,
    };
    let end = End {
        stdout,
        ..End::from(Code::Success)
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", end)
        .emulator("a", &[]);
    assert_finds(&stop(), &tale.done(), "invariant 9");
}

#[test]
fn the_driver_lab_has_no_witness_of_guests() {
    let spec = case(
        "case: it holds\nclause: [X-01]\nlevel: must\nneeds: {lab: driver}\nwhen:\n  \
         - run: {action: monitor, node: a, returns: success}",
    );
    let tale = Tale::empty().emulator("a", &[]).after(900).step(&[0]);
    assert_passes(
        &spec,
        &tale.run("monitor", "a", Code::Success).after(900).done(),
    );
}

#[test]
fn a_clean_stop_leaves_nothing_to_find() {
    assert_passes(&stop(), &stopped().after(2000).done());
}
