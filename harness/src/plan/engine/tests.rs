use std::path::Path;

use super::*;
use crate::case::{Suite, load_text};

fn asked_of(engine: Engine, features: &[Feature], text: &str) -> Option<&'static str> {
    let head = "case: it holds\nclause: [START-01]\nlevel: must\n";
    let text = format!("{head}{text}");
    let cases = load_text(Path::new("start/one.yaml"), &text, None).expect("it is good");
    asks_of_libvirt(&cases[0].spec, engine, features, Transport::Tcp)
}

fn asked(text: &str) -> Option<&'static str> {
    asked_of(Engine::Qemu, &[], text)
}

const START: &str = "when:\n  - run: {action: start, node: a, returns: success}\n";

#[test]
fn what_an_emulator_and_its_disk_tell_is_asked_of_any_engine() {
    assert_eq!(asked(&format!("given: {{a: running}}\n{START}")), None);
    assert_eq!(
        asked(&format!("{START}  - check: {{state: {{a: running}}}}\n")),
        None
    );
    assert_eq!(
        asked(&format!(
            "{START}then:\n  - state: {{a: [absent, shutoff]}}\n"
        )),
        None
    );
    let frozen = "  - fault: {emulator: {node: a, do: freeze}}\n";
    assert_eq!(
        asked(&format!("given: {{a: running}}\n{START}{frozen}")),
        None
    );
}

#[test]
fn what_only_libvirt_makes_or_tells_is_named() {
    let given = |state: &str| asked(&format!("given: {{a: {state}}}\n{START}"));
    assert_eq!(given("outside"), Some(BY_HAND));
    assert_eq!(given("paused"), Some(STATE));
    assert_eq!(given("shutoff"), Some(DEFINED));
    let step = |step: &str| asked(&format!("{START}  - {step}\n"));
    assert_eq!(step("outside: {suspend: a}"), Some(BY_HAND));
    assert_eq!(step("check: {state: {a: paused}}"), Some(STATE));
    assert_eq!(step("guest: power_off"), Some(STATE));
    assert_eq!(step("check: {undefined: [a]}"), Some(DEFINED));
    let stopped = "fault: {daemon: {node: a, do: stop}}";
    assert_eq!(step(stopped), Some("a fault of its daemon"));
    let needs = |needs: &str| asked(&format!("needs: {needs}\n{START}"));
    assert_eq!(needs("{lab: driver}"), Some("its test driver"));
    assert_eq!(needs("{lock: image}"), Some(LOCK));
}

#[test]
fn emulators_that_listen_for_qmp_tell_what_else_only_libvirt_would() {
    let asked = |text: &str, features: &[Feature]| asked_of(Engine::Qemu, features, text);
    let qmp = [Feature::Qmp];
    let step = |step: &str| format!("{START}  - {step}\n");
    let paused = format!("given: {{a: paused}}\n{START}");
    assert_eq!(asked(&paused, &qmp), None);
    assert_eq!(asked(&step("check: {state: {a: paused}}"), &qmp), None);
    assert_eq!(asked(&step("outside: {suspend: a}"), &qmp), None);
    assert_eq!(asked(&step("outside: {create: a}"), &qmp), Some(BY_HAND));
    let during = "during: [{when: incoming, do: {outside: {abort: a}}}]";
    let moves = format!("run: {{action: migrate_to, node: a, to: b, returns: failure, {during}}}");
    let slowly = "needs: {nodes: 2}\ngiven: {a: running, migration_speed: 1MiB/s}\n";
    let moves = format!("{slowly}{}", step(&moves));
    assert_eq!(asked(&moves, &qmp), None);
    assert_eq!(asked(&moves, &[]), Some("the speed of a migration"));
    assert_eq!(asked(&step("guest: power_off"), &qmp), Some(STATE));
    let failed = step("fault: {disk: {node: a, do: fail}}");
    let error = Some("a guest that an I/O error has paused");
    assert_eq!(asked(&failed, &qmp), error);
    assert_eq!(
        asked(&failed, &[Feature::Qmp, Feature::PausesOnIoError]),
        None
    );
}

#[test]
fn a_panic_is_asked_of_emulators_that_tell_it() {
    let asked = |features: &[Feature]| {
        let crashed = format!("given: {{a: crashed}}\n{START}");
        asked_of(Engine::Qemu, features, &crashed)
    };
    let panicked = Some("a guest that has panicked");
    assert_eq!(asked(&[Feature::Qmp]), panicked);
    assert_eq!(asked(&[Feature::PausesOnPanic]), panicked);
    assert_eq!(asked(&[Feature::Qmp, Feature::PausesOnPanic]), None);
}

#[test]
fn a_stranger_of_an_emulators_name_is_left_alone_but_keeps_nobody_from_a_start() {
    let beside = |action: &str| {
        let run = format!("run: {{action: {action}, node: a, returns: success}}");
        asked(&format!(
            "given: {{a: absent, stranger: [a]}}\nwhen:\n  - {run}\n"
        ))
    };
    assert_eq!(beside("monitor"), None);
    assert_eq!(beside("stop"), None);
    assert_eq!(beside("start"), Some("a name that only one guest has"));
    let xl = "given: {a: absent, stranger: [a]}\n";
    assert_eq!(asked_of(Engine::Xl, &[], &format!("{xl}{START}")), None);
}

#[test]
fn a_step_within_another_is_found_too() {
    let within = "when:\n  - together:\n      - run: {action: stop, node: a, returns: success}\n      \
                  - fault: {daemon: {node: a, do: stop}}\n";
    assert_eq!(asked(within), Some("a fault of its daemon"));
}

#[test]
fn the_suite_can_be_asked_in_part() {
    let suite = Suite::shipped().expect("it is good");
    let of = |id: &str| {
        let case = suite.case(id);
        let spec = &case.expect("it is there").spec;
        asks_of_libvirt(spec, Engine::Qemu, &[], Transport::Tcp)
    };
    for id in ["start::absent", "stop::running", "monitor::state::running"] {
        assert_eq!(of(id), None, "{id}");
    }
    for id in ["monitor::state::paused", "stop::outside", "start::crashed"] {
        let there = suite.case(id).is_some();
        assert!(!there || of(id).is_some(), "{id}");
    }
}

#[test]
fn a_container_runs_or_does_not_and_may_be_started_and_ended_by_hand() {
    let asked = |text: &str| asked_of(Engine::Vzctl, &[], &format!("needs: {{nodes: 2}}\n{text}"));
    let given = |given: &str| asked(&format!("given: {given}\n{START}"));
    assert_eq!(given("{a: outside}"), None);
    assert_eq!(given("{a: paused}"), Some(STATE));
    assert_eq!(
        given("{a: absent, stranger: [a]}"),
        Some("a foreign domain")
    );
    let step = |step: &str| asked(&format!("{START}  - {step}\n"));
    assert_eq!(step("outside: {destroy: a}"), None);
    assert_eq!(step("outside: {suspend: a}"), Some(BY_HAND));
    assert_eq!(step("guest: power_off"), None);
    assert_eq!(step("guest: panic"), Some(STATE));
    assert_eq!(step("fault: {daemon: {node: a, do: stop}}"), None);
    let moves = "run: {action: migrate_to, node: a, to: b, returns: success}";
    assert_eq!(step(moves), Some("a live migration"));
}

#[test]
fn a_container_of_lxcs_is_started_frozen_and_ended_by_hand_and_has_no_daemon_and_no_definition() {
    let asked = |text: &str| asked_of(Engine::Lxc, &[], text);
    let given = |given: &str| asked(&format!("given: {given}\n{START}"));
    assert_eq!(given("{a: paused}"), None);
    assert_eq!(given("{a: outside}"), None);
    assert_eq!(given("{a: shutoff}"), Some(DEFINED));
    let foreign = Some("a foreign domain");
    assert_eq!(given("{a: absent, stranger: [a]}"), foreign);
    let step = |step: &str| asked(&format!("{START}  - {step}\n"));
    for by_hand in ["create", "suspend", "resume", "destroy"] {
        assert_eq!(step(&format!("outside: {{{by_hand}: a}}")), None);
    }
    assert_eq!(step("check: {state: {a: paused}}"), None);
    let stopped = "fault: {daemon: {node: a, do: stop}}";
    assert_eq!(step(stopped), Some("a fault of its daemon"));
}

#[test]
fn of_xen_all_is_asked_but_what_only_libvirt_has() {
    let asked = |text: &str| asked_of(Engine::Xl, &[], text);
    let given = |given: &str| asked(&format!("given: {given}\n{START}"));
    assert_eq!(given("{a: paused}"), None);
    assert_eq!(given("{a: outside}"), None);
    assert_eq!(given("{a: shutoff}"), Some(DEFINED));
    assert_eq!(given("{a: absent, config: truncated}"), None);
    let other_form = Some("a file of that form");
    assert_eq!(given("{a: absent, config: cdata}"), other_form);
    let daemon = |what: &str| {
        asked(&format!(
            "{START}  - fault: {{daemon: {{node: a, do: {what}}}}}\n"
        ))
    };
    assert_eq!(daemon("stop"), None);
    assert_eq!(daemon("freeze"), None);
    let endless = format!("needs: {{nodes: 2, endless_copy: true}}\n{START}");
    assert_eq!(asked(&endless), Some("a copy that does not end by itself"));
    for what in ["restart", "forget", "boot"] {
        assert_eq!(daemon(what), Some("a fault of its daemon"), "{what}");
    }
}
