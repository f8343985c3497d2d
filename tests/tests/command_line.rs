//! What the command answers to wrong usage: one message that says where, what and how to mend it, the
//! right exit code, nothing on standard output, and nothing left behind.

use std::path::Path;

use conformance_tests::program::virt_ra_tester;
use conformance_tests::refusal::{check, refused};

#[test]
fn an_agent_that_cannot_be_run_is_refused_with_its_reason() {
    let run = |agent: &str, message: &str| check(&["run", "--agent", agent], 2, message);
    run(
        "/not/there",
        "virt-ra-tester: there is no agent at /not/there\n  \
         help: name the agent's file, or write `ocf:PROVIDER:TYPE`",
    );
    run(
        "./plain",
        "virt-ra-tester: ./plain may not be executed\n  help: `chmod +x ./plain`",
    );
    run(
        "./empty",
        "virt-ra-tester: ./empty is no file but a folder\n  help: name the agent's file itself",
    );
    run(
        "ocf:heartbeat",
        "virt-ra-tester: `ocf:heartbeat` names no agent\n  \
         help: write `ocf:PROVIDER:TYPE`, such as `ocf:heartbeat:VirtualDomain`, or a path",
    );
    run(
        "ocf:heartbeat:VirtualDomian",
        "virt-ra-tester: there is no agent at /usr/lib/ocf/resource.d/heartbeat/VirtualDomian\n  \
         help: agents of `heartbeat` come with the package resource-agents",
    );
}

#[test]
fn an_agent_that_no_profile_describes_is_answered_with_how_to_begin_one() {
    check(
        &["run", "--agent", "./agent"],
        2,
        "virt-ra-tester: no profile describes HERE/agent\n  help: `virt-ra-tester profile new --agent \
         HERE/agent --output mine.yaml` writes a first one; give it with `--profile mine.yaml`",
    );
}

#[test]
fn a_profile_that_is_not_there_is_answered_with_those_that_are() {
    check(
        &["run", "--profile", "mine"],
        2,
        "virt-ra-tester: there is no profile `mine`\n  help: built in are `fence_virsh`, `fence_xvm`, \
         `fence_xvm_libvirt`, `lxc`, `manageve`, `reference-vm`, `reference`, `virtualdomain`, `virtualdomain_lxc`, `vm`, \
         `xen`; a profile of your own is given by its path: `--profile ./mine.yaml`",
    );
    check(
        &["run", "--profile", "./other.yaml"],
        2,
        "virt-ra-tester: cannot read ./other.yaml: No such file or directory (os error 2)\n  \
         help: check the path, and that this user may read what is there",
    );
}

#[test]
fn without_an_agent_that_of_the_profile_is_judged() {
    check(
        &["run", "--profile", "./mine.yaml"],
        2,
        "virt-ra-tester: ./plain may not be executed\n  help: `chmod +x ./plain`",
    );
    let message = refused(&["run", "--profile=./mine.yaml", "--agent=./nothing"], 2);
    assert!(
        message.contains("there is no agent at ./nothing"),
        "{message}"
    );
}

#[test]
fn an_unknown_key_in_a_profile_is_shown_where_it_stands() {
    let message = refused(&["run", "--profile", "./colourful.yaml"], 2);
    for part in [
        "unknown key `colour`",
        "colourful.yaml:3:1",
        "3 │ colour: red",
        "help:",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn a_baseline_that_names_what_is_not_there_is_shown_where_it_does() {
    let message = refused(&["run", "--baseline", "./known.yaml"], 2);
    for part in [
        "there is no case `start::abesnt`",
        "known.yaml:2:12",
        "did you mean `start::absent`?",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let message = refused(&["run", "--baseline", "./colourful.yaml"], 2);
    assert!(message.contains("unknown key `name`"), "{message}");
}

#[test]
fn a_filter_that_fits_nothing_is_a_slip_and_selects_nothing() {
    for filters in [&["strat::"][..], &["=start::absent", "strat::"]] {
        check(
            &[&["run"], filters].concat(),
            4,
            "virt-ra-tester: no case matches `strat::`; did you mean `start::`? `virt-ra-tester list` shows the cases and \
             their levels",
        );
    }
}

#[test]
fn a_list_of_what_is_not_there_selects_nothing() {
    check(
        &["list", "strat::"],
        4,
        "virt-ra-tester: no case matches `strat::`; did you mean `start::`? `virt-ra-tester list` shows the cases and \
         their levels",
    );
}

#[test]
fn a_level_that_leaves_a_filter_nothing_is_named() {
    check(
        &["run", "--level=must", "interface::usage"],
        4,
        "virt-ra-tester: no case that matches `interface::usage` has the level that --level asks for; \
         `virt-ra-tester list` shows the cases and their levels",
    );
}

#[test]
fn what_is_no_number_is_answered_with_what_is_one() {
    let asked: [(&[&str], &str); 4] = [
        (
            &["run", "--seed=x"],
            "expected a whole number of at most 19 digits",
        ),
        (
            &["explore", "--seed=-1"],
            "expected a whole number of at most 19 digits",
        ),
        (
            &["explore", "--sequences=0"],
            "expected a whole number, at least 1",
        ),
        (
            &["lab", "down", "a"],
            "a process id, as `virt-ra-tester lab status` shows it",
        ),
    ];
    for (arguments, part) in asked {
        let message = refused(arguments, 2);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn an_empty_filter_is_no_filter() {
    for command in ["run", "list"] {
        let message = refused(&[command, ""], 2);
        assert!(message.contains("[FILTERS]..."), "{message}");
    }
}

#[test]
fn a_run_needs_at_least_one_lab() {
    for number in ["0", "two", "-1"] {
        let message = refused(&["run", &format!("--jobs={number}")], 2);
        assert!(
            message.contains("whole number, at least 1") && message.contains("--jobs"),
            "{message}"
        );
    }
}

#[test]
fn a_lab_or_a_format_that_is_not_there_is_answered_with_those_that_are() {
    let message = refused(&["run", "--lab=cloud"], 2);
    assert!(
        message.contains("--lab") && message.contains("`local`, `vagrant` or `ssh:INVENTORY`"),
        "{message}"
    );
    // The test's folder has no checkout of the project around it.
    let message = refused(&["run", "--lab=vagrant"], 2);
    assert!(
        message.contains("no vagrant/lab in this folder"),
        "{message}"
    );
    let message = refused(&["run", "--lab=ssh:nowhere.yaml"], 2);
    assert!(message.contains("nowhere.yaml"), "{message}");
    let message = refused(&["lab", "status", "--lab=ssh:nowhere.yaml"], 2);
    assert!(message.contains("omit `--lab ssh:…`"), "{message}");
    let message = refused(&["lab", "up", "--cluster", "--lab=vagrant"], 2);
    assert!(message.contains("omit `--lab`"), "{message}");
    let message = refused(&["run", "--format=yaml"], 2);
    assert!(message.contains("pretty, terse, json"), "{message}");
}

#[test]
fn a_parameter_has_a_name_and_a_value() {
    check(
        &["run", "--param", "config"],
        2,
        "virt-ra-tester: `--param config` has no `=`; write `--param NAME=VALUE`",
    );
    check(
        &["run", "--param", "=x"],
        2,
        "virt-ra-tester: `--param =x` has no name before the `=`; write `--param NAME=VALUE`",
    );
}

#[test]
fn a_folder_of_cases_that_is_not_there_or_empty_is_named() {
    for command in [&["run", "--cases"][..], &["lint"], &["list", "--cases"]] {
        check(
            &[command, &["./nowhere"]].concat(),
            2,
            "virt-ra-tester: cannot read ./nowhere: No such file or directory (os error 2)\n  \
             help: check the path, and that this user may read what is there",
        );
        let message = refused(&[command, &["./empty"]].concat(), 2);
        assert!(
            message.starts_with("virt-ra-tester: there is no case below ./empty"),
            "{message}"
        );
    }
}

#[test]
fn a_bad_case_is_shown_where_it_stands() {
    for command in [&["run", "--cases"][..], &["lint"]] {
        let message = refused(&[command, &["./bad"]].concat(), 2);
        let parts = [
            "virt-ra-tester: 1 mistake in the cases",
            "bad/hello.yaml:1:1",
            "the key `clause` is missing",
            "help: add `clause: [STOP-06]`",
        ];
        for part in parts {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}

#[test]
fn results_that_cannot_be_written_are_refused_before_any_lab_is_built() {
    check(
        &["run", "=start::absent", "--report", "plain/results"],
        2,
        "virt-ra-tester: cannot write the results to plain/results: Not a directory (os error 20); \
         make the folder writable, free some space, or name another one with --report DIR",
    );
    let message = refused(&["run", "=start::absent", "--report", "/proc/results"], 2);
    assert!(message.starts_with("virt-ra-tester: cannot write the results to /proc/results: "));
}

#[test]
fn what_is_neither_a_case_nor_a_clause_cannot_be_explained() {
    check(
        &["explain", "STOP-99"],
        2,
        "virt-ra-tester: `STOP-99` is neither a case nor a clause; `virt-ra-tester list` and \
         `list --clauses` show them",
    );
}

#[test]
fn a_node_that_a_lab_has_not_has_no_shell() {
    check(
        &["lab", "shell", "c"],
        2,
        "virt-ra-tester: the lab has no node `c`; its nodes are `a` and `b`",
    );
}

#[test]
fn a_word_that_is_no_command_is_refused() {
    let message = refused(&["lists"], 2);
    assert!(
        message.contains("'lists'") && message.contains("'list'"),
        "{message}"
    );
}

#[test]
fn questions_are_answered_on_standard_output_alone() {
    let one = concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/start/absent.yaml");
    let questions: [(&[&str], &str); 11] = [
        (&["list"], "start::absent "),
        (&["list", "stop::"], "stop::"),
        (&["list", "--clauses"], "STOP-06"),
        (&["explain", "STOP-06"], "STOP-06 ("),
        (&["explain", "stop-06"], "source: "),
        (&["explain", "=start::absent"], "given:"),
        (&["lint"], "cases, no mistakes"),
        (&["lint", one], "1 case, no mistakes"),
        (&["schema"], "\"$defs\""),
        (&["--help"], "Exit codes: 0 conforms"),
        (&["--version"], "virt-ra-tester 0."),
    ];
    for (arguments, expected) in questions {
        let said = virt_ra_tester(Path::new("/"), arguments);
        assert_eq!(
            (said.code, said.err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert!(said.out.contains(expected), "{arguments:?}: {}", said.out);
    }
}
