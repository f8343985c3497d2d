use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, places, steps};
use crate::case::{Check, Silent};
use crate::equipment::Lock;
use crate::history::{DomainState, Guest, Output, Sighting, What};
use crate::judge::condition;
use crate::ocf::Code;

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
