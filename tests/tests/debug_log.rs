//! The debug log: what a lab did is in a run's results, and on standard error where it is asked for.

use std::fs;
use std::process::Command;

use conformance_tests::program::{program, said, virt_ra_tester};
use nix::unistd::Uid;

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
fn a_lab_that_does_not_come_up_says_how_to_see_why_and_shows_how_far_it_came() {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.args(["--user", "--map-root-user", "--map-auto"]);
    }
    let broken = "mount --bind /bin/false \"$(command -v ip)\"; exec \"$0\" lab up --log debug";
    command
        .args(["--mount", "sh", "-ec", broken])
        .arg(program());
    let said = said(&mut command);
    assert_eq!(said.code, Some(3), "{}", said.err);
    for part in [
        "the machine's files are protected",
        "ip link set lo up",
        "the lab did not come up: ",
        "help: `--log debug` shows each step of its start",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
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
