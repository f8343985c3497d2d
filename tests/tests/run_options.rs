//! What the options of `run` change, seen on real labs.

use std::fs;
use std::path::Path;

use conformance_tests::program::virt_ra_tester;
use serde_json::Value;

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
