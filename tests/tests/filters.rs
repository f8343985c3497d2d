//! Which cases `run` and `list` choose, and what they answer to a filter that chooses none.

use std::fs;
use std::path::Path;

use conformance_tests::program::{Said, virt_ra_tester};
use conformance_tests::refusal::{check, refused};
use conformance_tests::valid::misfits;
use serde_json::Value;

/// The ids that `list` prints.
fn listed(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let said = virt_ra_tester(folder, &[&["list"], arguments].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    let cases = &lines[..lines.len() - 1];
    let ids = cases
        .iter()
        .filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

/// A folder with the results of a run: a case that passed, one that failed, and one that the harness died in.
fn with_results() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |case: &str, file: &str, text: &str| {
        let place = folder.path().join("results/latest/cases").join(case);
        fs::create_dir_all(&place).expect("it can be made");
        fs::write(place.join(file), text).expect("it can be written");
    };
    let verdict = |id: &str, severity: &str| {
        format!(
            "{{\"case\":\"{id}\",\"severity\":\"{severity}\",\"findings\":[],\"notes\":[],\"took\":1,\"in_agent\":1}}"
        )
    };
    write(
        "start-absent",
        "verdict.json",
        &verdict("start::absent", "pass"),
    );
    write(
        "stop-running",
        "verdict.json",
        &verdict("stop::running", "fail"),
    );
    write("stop-paused", "started", "");
    folder
}

#[test]
fn cases_are_chosen_by_area_clause_and_level_and_left_out_by_skip() {
    let here = Path::new("/");
    let stop = listed(here, &["area:stop"]);
    assert!(stop.iter().all(|id| id.starts_with("stop::")));
    assert!(stop.len() > 10);
    let must = listed(here, &["area:stop,level:must"]);
    let rest = listed(here, &["area:stop", "--skip=level:must"]);
    assert_eq!(must.len() + rest.len(), stop.len());
    assert!(listed(here, &["clause:STOP-06"]).contains(&"stop::frozen-emulator".to_owned()));
}

#[test]
fn what_did_not_pass_is_chosen_again() {
    let folder = with_results();
    let again = |more: &[&str]| {
        let rerun = ["--rerun", "results/latest"];
        listed(folder.path(), &[&rerun, more].concat())
    };
    assert_eq!(again(&[]), ["stop::paused", "stop::running"]);
    assert_eq!(again(&["verdict:unknown"]), ["stop::paused"]);
    assert_eq!(again(&["--skip=verdict:fail"]), ["stop::paused"]);
    let said = virt_ra_tester(
        folder.path(),
        &["list", "--rerun=results/latest", "area:lock"],
    );
    let expected =
        "virt-ra-tester: no case that did not pass in results/latest matches the filters\n";
    assert_eq!((said.code, said.err.as_str()), (Some(4), expected));
}

#[test]
fn an_earlier_run_that_is_none_is_named() {
    let message = refused(&["run", "--rerun=./empty"], 2);
    assert!(message.contains("./empty/cases"), "{message}");
    assert!(
        message.contains("name the folder of a finished run"),
        "{message}"
    );
}

#[test]
fn a_verdict_is_asked_for_of_an_earlier_run() {
    check(
        &["run", "verdict:fail"],
        2,
        "virt-ra-tester: `verdict:fail` asks what a case came to; name that run's results with --rerun DIR",
    );
}

#[test]
fn a_key_or_a_value_that_no_filter_has_is_answered_with_those_that_there_are() {
    for (filter, part) in [
        ("levle:must", "did you mean `level`?"),
        ("stop:running", "an id has two colons"),
        ("level:strong", "known here: `must`, `should`, `may`"),
        ("area:stop,", "is empty"),
    ] {
        for arguments in [&["run", filter][..], &["list", "--skip", filter]] {
            let message = refused(arguments, 2);
            assert!(message.contains(part), "{message}");
        }
    }
    let message = refused(&["list", "clause:STOP-066"], 4);
    assert!(
        message.contains("did you mean `clause:STOP-06`?"),
        "{message}"
    );
}

#[test]
fn skipping_everything_selects_nothing() {
    check(
        &["run", "area:stop", "--skip", "stop::"],
        4,
        "virt-ra-tester: --skip leaves out every case that is asked for",
    );
}

fn dry_run(arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    let said = virt_ra_tester(folder.path(), &[&["run", "--dry-run"], arguments].concat());
    let left = fs::read_dir(folder.path()).expect("it is there").count();
    assert_eq!((left, said.err.as_str()), (0, ""));
    said
}

#[test]
fn a_dry_run_tells_what_would_run_and_why_not_the_rest_and_keeps_nothing() {
    let asked = ["=start::absent", "=fencing::monitor"];
    let said = dry_run(&asked);
    assert_eq!(said.code, Some(0));
    for part in [
        "would run 1 case against ",
        "would skip 1 case\n",
        "is for fence agents",
        "not asked for: ",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = dry_run(&[&asked[..], &["--format=json"]].concat());
    let told: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!(misfits("dry-run", &told), [""; 0]);
    assert_eq!(told["run"][0]["id"], "start::absent");
    let folder = tempfile::tempdir().expect("a folder");
    let listed = virt_ra_tester(folder.path(), &["list", "=start::absent", "--format=json"]);
    let listed: Value = serde_json::from_str(&listed.out).expect("it is JSON");
    assert_eq!(told["run"], listed["cases"]);
    assert_eq!(told["skipped"][0]["id"], "fencing::monitor");
    assert_eq!(dry_run(&["=fencing::monitor"]).code, Some(4));
}
