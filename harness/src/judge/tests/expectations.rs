use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, places, steps};
use crate::case::{Check, Silent};
use crate::equipment::Lock;
use crate::history::{DomainState, Exit, Guest, Output, Sighting, StepPath, What};
use crate::judge::{Severity, condition};
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

#[test]
fn the_target_of_a_migration_does_not_count_as_running() {
    let spec = steps("  - check: {running: {exactly: 1}}");
    let tale = Tale::running_on_a().emulator("b", &[20]).step(&[0]);
    let tale = tale.domain_of(Guest::Subject, "b", Some(DomainState::Paused), 2);
    assert_passes(&spec, &tale.done());
}

#[test]
fn a_target_whose_state_nobody_saw_yet_leaves_the_count_open() {
    let check = Check::Running(crate::case::Quantity {
        exactly: Some(1),
        ..crate::case::Quantity::default()
    });
    let tale = Tale::running_on_a().emulator("b", &[20]);
    assert_eq!(condition::holds(&check, &tale.history().entries), None);
    let tale = tale.domain("b", DomainState::Running);
    assert_eq!(
        condition::holds(&check, &tale.history().entries),
        Some(false)
    );
}

#[test]
fn the_guest_is_silent_once_it_was_watched_for_long_enough_and_wrote_nothing() {
    let span = crate::case::Millis(60_000);
    let check = Check::Silent(Silent { span });
    let held = |tale: Tale| condition::holds(&check, &tale.history().entries);
    let stopped = || {
        let tale = Tale::running_on_a().write_of(Guest::Subject, "a", 5, 1);
        tale.step(&[0]).run("stop", "a", Code::Success)
    };
    let late = |ms| stopped().after(ms).emulator("a", &[]);
    assert_eq!(held(late(59_000)), None);
    assert_eq!(held(late(60_000)), Some(true));
    let wrote = late(20_000).write_of(Guest::Subject, "b", 5, 2);
    assert_eq!(held(wrote.after(60_000).emulator("a", &[])), Some(false));
}

#[test]
fn the_same_guest_goes_on_after_a_migration() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: migrate_to, node: a, to: b, returns: anything}\nthen:\n  \
                - guest: {same: true}";
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("migrate_to", "a", Code::Success);
    let tale = tale
        .emulator("a", &[])
        .emulator("b", &[20])
        .writes("b", 7, 4..8)
        .done();
    assert_passes(&case(then), &tale);
}

#[test]
fn another_guest_is_known_by_what_it_wrote_during_its_start() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: start, node: a, returns: success}\nthen:\n  \
                - guest: {same: false}";
    let tale = Tale::running_on_a()
        .emulator("a", &[])
        .step(&[0])
        .begins("start", "a");
    let tale = tale
        .emulator("a", &[11])
        .writes("a", 8, 1..3)
        .ends(1, Code::Success);
    assert_passes(&case(then), &tale.domain("a", DomainState::Running).done());
}

#[test]
fn the_same_process_running_on_is_the_same_guest_though_it_had_no_time_to_write() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: start, node: a, returns: success}\nthen:\n  \
                - guest: {same: true}";
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "a", Code::Success);
    let tale = tale.emulator("a", &[10]).domain("a", DomainState::Running);
    assert_passes(&case(then), &tale.done());
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "a", Code::Success);
    assert_finds(
        &case(then),
        &tale.emulator("a", &[11]).after(4000).done(),
        "then[0].guest",
    );
}

#[test]
fn a_guest_that_was_destroyed_did_not_end_cleanly() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: stop, node: a, returns: success}\nthen:\n  \
                - guest: {ended_cleanly: true}";
    let tale = |clean| {
        let tale = Tale::running_on_a()
            .step(&[0])
            .begins("stop", "a")
            .told(What::Saw(Sighting::Write {
                node: "a".into(),
                guest: Guest::Subject,
                incarnation: 7,
                counter: 1000,
                clean,
            }));
        tale.ends(1, Code::Success).emulator("a", &[]).done()
    };
    assert_passes(&case(then), &tale(true));
    assert_finds(&case(then), &tale(false), "then[0].guest");
    // So fast that the guest wrote nothing more: what it wrote before is its last record.
    let at_once = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::Success)
        .emulator("a", &[]);
    assert_finds(&case(then), &at_once.done(), "then[0].guest");
}

#[test]
fn labelled_answers_are_compared_and_counted() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: monitor, node: a, as: x, returns: anything}\n  \
                - run: {action: status, node: a, as: y, returns: anything}\nthen:\n  \
                - alike: [x, y]\n  - successes: {of: [x, y], are: {exactly: 1}}\n  \
                - agrees: [x]\n  - report: x";
    let tale = Tale::running_on_a().step(&[0]);
    let tale = tale
        .run("monitor", "a", End::from(Code::Success).labelled("x"))
        .step(&[1]);
    let tale = tale
        .run("status", "a", End::from(Code::ErrGeneric).labelled("y"))
        .done();
    let verdict = decide(&case(then), &tale);
    assert_eq!(places(&verdict), ["then[0].alike"]);
    assert_eq!(verdict.notes, ["monitor on a (`x`): OCF_SUCCESS (0)"]);
}

#[test]
fn a_guest_that_runs_on_has_not_ended_by_itself() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: stop, node: a, returns: failure}\nthen:\n  \
                - guest: {ended_cleanly: true}";
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Code::ErrGeneric)
        .domain("a", DomainState::Running)
        .writes("a", 7, 4..6);
    assert_finds(&case(then), &tale.done(), "then[0].guest");
}

#[test]
fn runs_that_print_one_text_each_time_are_told_from_those_that_do_not() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: meta-data, node: a, as: x, returns: success}\nthen:\n  \
                - same_output: [x]";
    let printed = |text: &str| {
        let end = End::from(Code::Success).labelled("x");
        let stdout = Output {
            text: text.to_owned(),
            ..Output::default()
        };
        End { stdout, ..end }
    };
    let twice = |second: &str| {
        let tale = Tale::running_on_a().step(&[0]);
        let tale = tale.run("meta-data", "a", printed("<a>\n<b>\n"));
        tale.run("meta-data", "a", printed(second)).done()
    };
    assert_passes(&case(then), &twice("<a>\n<b>\n"));
    assert_finds(&case(then), &twice("<a>\n<c>\n"), "then[0].same_output");
}

#[test]
fn a_file_that_was_torn_is_not_whole() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: monitor, node: a, returns: success}\nthen:\n  \
                - config_whole: true";
    let looked = |whole| {
        let seen = Sighting::Config {
            node: "b".into(),
            digest: Some("2".to_owned()),
            whole,
        };
        let tale = Tale::running_on_a().config("a", "1").step(&[0]);
        let tale = tale.run("monitor", "a", Code::Success);
        tale.told(What::Saw(seen)).done()
    };
    assert_passes(&case(then), &looked(true));
    assert_finds(&case(then), &looked(false), "then[0].config_whole");
}

#[test]
fn a_password_that_was_seen_once_is_not_hidden() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: monitor, node: a, returns: success}\nthen:\n  \
                - secret_hidden: true";
    let looked = |tale: Tale, places: &[&str]| {
        tale.told(What::Saw(Sighting::Exposed {
            node: "a".into(),
            places: places.iter().map(|&place| place.to_owned()).collect(),
        }))
    };
    let tale = || {
        let tale = Tale::running_on_a().step(&[0]);
        looked(tale.run("monitor", "a", Code::Success), &[])
    };
    assert_passes(&case(then), &tale().done());
    let shown = looked(looked(tale(), &["/run/copy.xml"]), &[]);
    assert_finds(&case(then), &shown.done(), "then[0].secret_hidden");
}

#[test]
fn a_lock_is_held_on_one_node_or_it_is_not_known() {
    let saw = |node: &str, held| {
        What::Saw(Sighting::Lock {
            node: node.into(),
            lock: Lock::Image,
            held,
        })
    };
    let here = Check::Locked("a".into());
    let holds = |tale: &Tale| condition::holds(&here, &tale.history().entries);
    let one = Tale::running_on_a().told(saw("a", true));
    assert_eq!(holds(&one.emulator("b", &[])), None);
    let both = |b| {
        let tale = Tale::running_on_a().emulator("b", &[]);
        tale.told(saw("a", true)).told(saw("b", b))
    };
    assert_eq!(holds(&both(false)), Some(true));
    assert_eq!(holds(&both(true)), Some(false));
    assert_eq!(holds(&both(true).told(saw("b", false))), Some(true));
}

#[test]
fn a_dump_is_a_new_file_on_that_node() {
    let saw = |node: &str, files: &[&str]| {
        What::Saw(Sighting::Dumps {
            node: node.into(),
            files: files.iter().map(ToString::to_string).collect(),
        })
    };
    let here = Check::Dumped("a".into());
    let holds = |tale: Tale| condition::holds(&here, &tale.history().entries);
    let elsewhere = || Tale::running_on_a().told(saw("b", &["/dumps/1.core"]));
    assert_eq!(holds(elsewhere()), None);
    assert_eq!(holds(elsewhere().told(saw("a", &[]))), Some(false));
    assert_eq!(
        holds(elsewhere().told(saw("a", &["/dumps/1.core"]))),
        Some(true)
    );
}

#[test]
fn an_autostart_is_noticed_when_it_is_off_or_a_run_on_that_node_speaks_of_it() {
    let marked = |autostart| {
        What::Saw(Sighting::Domain {
            node: "a".into(),
            guest: Guest::Subject,
            state: Some(DomainState::Shutoff),
            reason: 0,
            persistent: true,
            autostart,
        })
    };
    let noticed = Check::AutostartNoticed("a".into());
    let holds = |tale: &Tale| condition::holds(&noticed, &tale.history().entries);
    let marked_on_a = || Tale::empty().told(marked(true));
    let said = |node: &str| {
        let end = End {
            stderr: "it is marked for Autostart",
            ..End::from(Code::NotRunning)
        };
        marked_on_a().step(&[0]).run("monitor", node, end)
    };
    assert_eq!(holds(&Tale::empty()), None);
    assert_eq!(holds(&marked_on_a()), Some(false));
    assert_eq!(holds(&marked_on_a().told(marked(false))), Some(true));
    assert_eq!(holds(&said("a")), Some(true));
    assert_eq!(holds(&said("b")), Some(false));
}
