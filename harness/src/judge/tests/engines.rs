//! Agents whose guests libvirt does not know: emulators, writes and exit codes are judged, libvirt's word is not.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, decide, places, steps};
use crate::engine::Engine;
use crate::history::{DomainState, Guest, LabFacts, What};
use crate::judge::Severity;
use crate::ocf::Code;

/// A world without the subject, in which libvirt is not asked about it.
fn world() -> Tale {
    let lab = LabFacts {
        engine: Engine::Qemu,
        ..LabFacts::default()
    };
    let ready = Tale::default().told(What::Ready { lab });
    ready.emulator("a", &[]).emulator("b", &[])
}

/// A guest that was started on `a`, as process 10, and writes.
fn started() -> Tale {
    let tale = world().step(&[0]).begins("start", "a");
    let tale = tale.emulator("a", &[10]).ends(1, Code::Success);
    tale.emulator("a", &[10]).writes("a", 7, 1..4)
}

#[test]
fn an_emulator_that_is_there_is_a_guest_that_runs_though_libvirt_knows_none() {
    let spec = steps(
        "  - run: {action: start, node: a, returns: success}\n  \
           - check: {state: {a: running, b: absent}}\n  \
           - run: {action: monitor, node: a, as: check, returns: success}\nthen:\n  \
           - running: {exactly: 1}\n  - agrees: [check]",
    );
    let tale = started().step(&[1]).emulator("a", &[10]).emulator("b", &[]);
    let tale = tale
        .step(&[2])
        .run("monitor", "a", End::from(Code::Success).labelled("check"))
        .emulator("a", &[10]);
    assert_passes(&spec, &tale.after(500).done());
}

#[test]
fn a_state_is_what_the_process_table_shows() {
    let spec = steps(
        "  - run: {action: start, node: a, returns: success}\n  - check: {state: {a: absent}}",
    );
    let tale = started().step(&[1]).emulator("a", &[10]).done();
    let verdict = decide(&spec, &tale);
    assert_eq!(places(&verdict), ["when[1].check.state"]);
    let seen = &verdict.findings[0].seen;
    assert_eq!(seen, "the process table has its emulator, process 10");
}

/// A guest that was frozen on `a`, with these processes there when `migrate_to` had succeeded.
fn frozen(left: &[i32]) -> Tale {
    let lab = LabFacts {
        engine: Engine::Vzctl,
        ..LabFacts::default()
    };
    let tale = Tale::default().told(What::Ready { lab });
    let tale = tale.emulator("a", &[10]).emulator("b", &[]);
    let state = |left: &[i32]| match left {
        [] => DomainState::Absent,
        _ => DomainState::Running,
    };
    let tale = tale.domain("a", DomainState::Running).writes("a", 7, 1..4);
    let tale = tale.step(&[0]).begins("migrate_to", "a");
    let tale = tale.emulator("a", left).ends(1, Code::Success);
    let tale = tale.emulator("a", left).domain("a", state(left));
    tale.emulator("b", &[]).after(500).done()
}

#[test]
fn a_frozen_guest_runs_nowhere_and_must_not_run_on() {
    let spec = steps("  - run: {action: migrate_to, node: a, to: b, returns: success}");
    assert_passes(&spec, &frozen(&[]));
    assert_finds(&spec, &frozen(&[10]), "invariant 5");
}

#[test]
fn a_stop_and_a_start_are_held_to_their_word_by_the_process_table() {
    let stop = steps(
        "  - run: {action: start, node: a, returns: success}\n  \
           - run: {action: stop, node: a, returns: success}",
    );
    let tale = started().step(&[1]).run("stop", "a", Code::Success);
    let tale = tale.emulator("a", &[10]).after(500).done();
    assert_finds(&stop, &tale, "invariant 2");
    let start = steps("  - run: {action: start, node: a, returns: success}");
    let tale = world().step(&[0]).run("start", "a", Code::Success);
    let tale = tale.emulator("a", &[]).after(500).done();
    assert_finds(&start, &tale, "invariant 3");
}

#[test]
fn a_state_that_an_emulator_tells_by_qmp_counts_while_that_emulator_is_there() {
    let spec = steps(
        "  - run: {action: start, node: a, returns: success}\n  - check: {state: {a: running}}",
    );
    let paused = started().domain("a", DomainState::Paused).step(&[1]);
    let verdict = decide(&spec, &paused.clone().emulator("a", &[10]).done());
    assert_eq!(places(&verdict), ["when[1].check.state"]);
    assert_eq!(verdict.findings[0].seen, "QMP: paused");
    // What another emulator said is no word of this one.
    let another = paused.emulator("a", &[]).after(500).emulator("a", &[11]);
    assert!(!places(&decide(&spec, &another.done())).contains(&"when[1].check.state"));
}

#[test]
fn a_start_that_leaves_the_guest_paused_is_found_by_qmp() {
    let spec = steps("  - run: {action: start, node: a, returns: success}");
    let tale = world().step(&[0]).begins("start", "a").emulator("a", &[10]);
    let tale = tale.ends(1, Code::Success).domain("a", DomainState::Paused);
    assert_finds(&spec, &tale.after(500).done(), "invariant 3");
}

#[test]
fn the_target_of_a_migration_may_be_said_not_to_run_and_not_to_be_active() {
    let spec = |code: &str| {
        let run = format!("{{action: monitor, node: b, as: check, returns: {code}}}");
        steps(&format!("  - run: {run}\nthen:\n  - agrees: [check]"))
    };
    let asked = |code: Code| {
        let tale = world().emulator("a", &[10]).writes("a", 7, 1..4);
        let tale = tale.emulator("b", &[20]);
        let incoming = Some(DomainState::Paused);
        let received = DomainState::PAUSED_MIGRATION;
        let tale = tale.domain_of(Guest::Subject, "b", incoming, received);
        let check = End::from(code).labelled("check");
        let tale = tale.step(&[0]).run("monitor", "b", check);
        tale.emulator("b", &[20]).after(500).done()
    };
    assert_passes(&spec("not_running"), &asked(Code::NotRunning));
    let verdict = decide(&spec("success"), &asked(Code::Success));
    let seen = "it said that the guest is active; QMP: paused, in the middle of a migration";
    assert_eq!(verdict.findings[0].seen, seen);
}

#[test]
fn under_xen_one_of_two_emulators_may_stand_still() {
    let start = "  - run: {action: start, node: a, returns: success}";
    let one = steps(&format!("{start}\nthen:\n  - running: {{exactly: 1}}"));
    let two = |engine| {
        let lab = LabFacts {
            engine,
            ..LabFacts::default()
        };
        let tale = Tale::default().told(What::Ready { lab });
        let tale = tale.emulator("a", &[10]).domain("a", DomainState::Paused);
        let tale = tale.step(&[0]).begins("start", "a");
        let tale = tale.emulator("a", &[10, 11]).ends(1, Code::Success);
        let tale = tale
            .emulator("a", &[10, 11])
            .domain("a", DomainState::Running);
        tale.after(2000).writes("a", 7, 1..4).done()
    };
    assert_passes(&one, &two(Engine::Xl));
    assert_finds(&steps(start), &two(Engine::Libvirt), "invariant 1");
}

#[test]
fn a_container_that_libvirt_has_lost_and_believes_in_accuses_nobody() {
    let spec = steps(
        "  - run: {action: start, node: a, returns: success}\n  \
         - guest: reboot\nthen:\n  - running: {exactly: 1}",
    );
    let lost = |engine| {
        let lab = LabFacts {
            engine,
            ..LabFacts::default()
        };
        let tale = Tale::default().told(What::Ready { lab });
        let tale = tale.emulator("a", &[]).emulator("b", &[]).step(&[0]);
        let tale = tale.begins("start", "a").emulator("a", &[10]);
        let tale = tale.ends(1, Code::Success).emulator("a", &[10]);
        let tale = tale.domain("a", DomainState::Running).step(&[1]);
        let tale = tale.emulator("a", &[]).domain("a", DomainState::Running);
        tale.after(2500).domain("a", DomainState::Running)
    };
    let verdict = |tale: Tale| decide(&spec, &tale.done()).severity;
    assert_eq!(verdict(lost(Engine::LibvirtLxc)), Severity::Unknown);
    assert_eq!(verdict(lost(Engine::Libvirt)), Severity::Fail);
    let known = lost(Engine::LibvirtLxc).domain("a", DomainState::Absent);
    assert_eq!(verdict(known), Severity::Unknown);
}
