//! `explore` finds a double start by itself, and writes the fewest steps that show it as a case.

use std::fs;
use std::path::Path;

use conformance_tests::faulty::{self, FaultyAgent, Kind};
use conformance_tests::program::{binaries, virt_ra_tester};

/// A seed by which the cluster monitors the guest, stops it, starts it on the other node, and probes there.
const SEED: &str = "358";

/// The agent whose `stop` answers success and leaves the guest running.
fn lying_agent() -> String {
    let agents = faulty::all(Kind::Faulty).expect("every header is sound");
    let lies = |agent: &FaultyAgent| agent.name == "stop-does-nothing";
    let agent = agents.into_iter().find(lies).expect("it is there");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explore");
    let file = agent.write(&place, &binaries());
    file.expect("target can be written").display().to_string()
}

#[test]
fn a_double_start_is_found_and_shrunk_to_a_case_that_shows_it_again() {
    let agent = lying_agent();
    let folder = tempfile::tempdir().expect("a folder");
    let candidate = ["--agent", &agent, "--profile", "reference", "--jobs", "1"];
    let explore = [
        "explore",
        "--seed",
        SEED,
        "--steps",
        "3",
        "--sequences",
        "1",
    ];
    let said = virt_ra_tester(folder.path(), &[&explore[..], &candidate].concat());
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let file = format!("results/latest/explored/seed-{SEED}.yaml");
    let text = fs::read_to_string(folder.path().join(file)).expect("the case is there");
    let found =
        text.contains("# found: invariant 1") && text.contains("# shrunk from 3 moves to 2");
    assert!(found, "{text}{}", said.out);
    let steps: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("  - "))
        .collect();
    let expected = [
        "  - run: {action: stop, node: a, returns: anything}",
        "  - run: {action: start, node: b, returns: anything}",
    ];
    assert_eq!(steps, expected);
    let cases = ["--cases", "results/latest"];
    let lint = virt_ra_tester(folder.path(), &["lint", "results/latest/explored"]);
    assert_eq!(lint.code, Some(0), "{}", lint.err);
    let judged = virt_ra_tester(
        folder.path(),
        &[&["judge", "results/latest"], &cases[..]].concat(),
    );
    assert_eq!(judged.code, Some(1), "{}", judged.out);
}
