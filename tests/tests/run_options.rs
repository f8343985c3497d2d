//! What the options of `run` change, seen on real labs.

use std::fs;
use std::path::Path;
use std::process::Command;

use conformance_tests::program::{program, virt_ra_tester, write_agent, write_faulty_agent};
use serde_json::Value;

const FAULTY: [&str; 5] = [
    "run",
    "--agent=./agent",
    "--profile=reference",
    "--jobs=1",
    "=interface::unknown-action::promote",
];

fn run_file(folder: &Path) -> Value {
    let text = fs::read(folder.join("results/latest/run.json")).expect("it was written");
    serde_json::from_slice(&text).expect("it is JSON")
}

#[test]
fn a_run_told_as_json_prints_the_events_that_it_keeps_and_its_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = virt_ra_tester(
        folder.path(),
        &[
            "run",
            "=start::absent",
            "=interface::usage",
            "--jobs=1",
            "--format=json",
            "--seed=7",
        ],
    );
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{}",
        said.out
    );
    let events: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let first = events.first().expect("there are some");
    assert_eq!(
        (&first["event"], &first["seed"]),
        (&"run_started".into(), &7.into())
    );
    assert_eq!(events.last().expect("there are some")["event"], "run_ended");
    let kept = fs::read_to_string(folder.path().join("results/latest/events.jsonl"));
    assert_eq!(kept.expect("it was written"), said.out);
    assert_eq!(run_file(folder.path())["seed"], 7);
}

/// A good agent but for its stop, which says why it fails and cuts the guest off; what runs after it says nothing.
const SAYS_WHY: &str = "#!/bin/sh
if [ \"$1\" = stop ]; then
    echo \"timeout: invalid option -- 't'\" >&2
    virsh -q -c qemu:///system destroy vm1 >/dev/null 2>&1
fi
exec @AGENT@ \"$@\"
";

#[test]
fn a_failure_is_shown_with_what_the_agent_said_in_the_run_that_is_accused() {
    let folder = tempfile::tempdir().expect("a folder");
    write_agent(folder.path(), SAYS_WHY);
    let again = ["run", "--agent=./agent", "--profile=reference", "--jobs=1"];
    let said = virt_ra_tester(folder.path(), &[&again[..], &["=stop::running"]].concat());
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    for part in [
        "  run       stop on a: ",
        "  stderr    | timeout: invalid option -- 't'",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let page = fs::read_to_string(folder.path().join("results/latest/report.html"));
    assert!(
        page.expect("it was written")
            .contains("timeout: invalid option")
    );
}

/// A start that never works.
const NEVER_STARTS: &str = "#!/bin/sh
[ \"$1\" = start ] && echo 'ocf-exit-reason:no storage' >&2 && exit 1
exec @AGENT@ \"$@\"
";

#[test]
fn a_start_that_never_works_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    write_agent(folder.path(), NEVER_STARTS);
    let again = ["run", "--agent=./agent", "--profile=reference", "--jobs=1"];
    let cases = [
        "=stop::running",
        "=monitor::state::running",
        "=start::absent",
    ];
    let said = virt_ra_tester(folder.path(), &[&again[..], &cases].concat());
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let cause = "start never worked: none of 3 starts left a guest that runs, so 2 cases could not begin; one of them:";
    let sentence = "does not conform: 1 case failed, and 2 cases could not begin.";
    for part in [cause, sentence, "  reason    no storage"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let shown = said.out.matches("\n\nunknown  ").count();
    assert_eq!(shown, 1, "{}", said.out);
}

#[test]
fn what_a_baseline_knows_is_no_failure_and_what_passes_again_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    write_faulty_agent(folder.path());
    let run = |arguments: &[&str]| virt_ra_tester(folder.path(), &[&FAULTY, arguments].concat());
    let said = run(&[]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let entry = |case: &str, clause: &str| {
        format!("  - {{case: '{case}', clauses: [{clause}], reason: nobody promotes it}}\n")
    };
    let known = entry("interface::unknown-action::promote", "OCF-EXIT-03");
    let mended = entry("interface::unknown-action::demote", "OCF-EXIT-03");
    let text = format!("deviations:\n{known}{mended}");
    fs::write(folder.path().join("known.yaml"), text).expect("it can be written");
    let said = run(&[
        "=interface::unknown-action::demote",
        "--baseline=known.yaml",
        "--fail-fast",
    ]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    for part in [
        "interface::unknown-action::promote: nobody promotes it",
        "interface::unknown-action::demote passes now: take its known deviation out",
        "1 passed, 0 warned, 0 unknown, 0 failed, 1 known",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let counts = &run_file(folder.path())["counts"];
    assert_eq!((&counts["known"], &counts["fail"]), (&1.into(), &0.into()));
}

const SCRIPTED_CASE: &str = "\
case: monitor passes on what virsh answers
clause: [STATE-RUN-01]
level: must
needs: {nodes: 1, tools: [virsh]}
when:
  - fault: {tool: {node: a, name: virsh, answers: [{when: [list], exit: 7}]}}
  - run: {action: monitor, node: a, as: monitored, returns: not_running}
then:
  - calls: {of: monitored, tool: virsh, with: [list], are: {exactly: 1}}
";

#[test]
fn tools_have_stand_ins_also_where_the_program_lies_in_a_folder_that_nodes_have_of_their_own() {
    let copy = tempfile::Builder::new()
        .prefix("virt-ra-tester-")
        .tempfile_in("/tmp")
        .expect("a file right in /tmp")
        .into_temp_path();
    fs::copy(program(), &copy).expect("it is copied");
    let folder = tempfile::tempdir().expect("a folder");
    let agent = "#!/bin/sh\n[ \"$1\" = monitor ] && { virsh list; exit; }\nexec @AGENT@ \"$@\"\n";
    write_agent(folder.path(), agent);
    fs::create_dir(folder.path().join("cases")).expect("a folder");
    fs::write(folder.path().join("cases/scripted.yaml"), SCRIPTED_CASE).expect("a case");
    let run = Command::new(&copy)
        .args(["run", "--cases=cases", "--agent=./agent"])
        .arg("--profile=virtualdomain")
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}
