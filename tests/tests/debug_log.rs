//! The debug log: what a lab did is in a run's results, and on standard error where it is asked for.

use conformance_tests::program::virt_ra_tester;
use std::fs;

#[test]
fn a_run_keeps_what_its_labs_did_and_shows_nothing_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = ["run", "=start::absent", "--jobs=1"];
    let said = virt_ra_tester(folder.path(), &run);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{}",
        said.out
    );
    let log = fs::read_to_string(folder.path().join("results/latest/debug.log"));
    let log = log.expect("it was written");
    for part in [
        "node{name=\"a\"}: it is ready",
        "node{name=\"b\"}: it is ready",
        "the lab is up",
        "case{id=\"start::absent\"}",
        "reset and returned",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = virt_ra_tester(folder.path(), &["list", "--log", "virt_ra_tester=loud"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{}",
        said.err
    );
    assert!(said.err.contains("--log <FILTER>"), "{}", said.err);
}
