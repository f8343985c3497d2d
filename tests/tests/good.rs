//! Good agents that a demand which goes too far would accuse: each passes the cases that it names, and is skipped where it
//! says so.
//!
//! `VRT_TRY=name,name` tries these agents alone. What every case said of every agent is in
//! `target/tmp/good/findings.txt` afterwards.

use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use conformance_tests::faulty::{self, FaultyAgent, Kind};
use conformance_tests::program::binaries;
use conformance_tests::trial::{Labs, Prepared};
use virt_ra_tester::case::{LoadedCase, Suite};
use virt_ra_tester::judge::Severity;

fn suite() -> Suite {
    Suite::shipped().expect("the suite is sound")
}

fn agents() -> Vec<FaultyAgent> {
    faulty::all(Kind::Good).expect("every header is sound")
}

/// Where the agents are written as they are run: the nodes of a lab see it.
fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("good")
}

fn prepared<'a>(agent: &'a FaultyAgent, cases: Vec<&'a LoadedCase>) -> Prepared<'a> {
    Prepared::new(agent, cases, &place(), &binaries()).expect("its profile is built in")
}

#[test]
fn every_case_that_a_good_agent_names_exists() {
    let suite = suite();
    for agent in agents() {
        let (_, unknown) = agent.cases(&suite);
        let name = &agent.name;
        assert!(unknown.is_empty(), "{name}: no case has the id {unknown:?}");
    }
}

#[test]
fn every_good_agent_passes_the_cases_that_it_names_and_is_skipped_where_it_says_so() {
    let asked = env::var("VRT_TRY").ok();
    let wanted = |agent: &FaultyAgent| {
        let named = |names: &String| names.split(',').any(|name| name == agent.name);
        asked.as_ref().is_none_or(named)
    };
    let suite = suite();
    let agents: Vec<_> = agents().into_iter().filter(wanted).collect();
    fs::create_dir_all(place()).expect("target can be written");
    let labs = Labs::new(&binaries(), &place());
    let apply = agents
        .iter()
        .map(|agent| prepared(agent, agent.cases(&suite).0));
    let apply: Vec<_> = apply.filter(|agent| !agent.has_no_lab()).collect();
    let skipped = labs.skipped(&apply, &suite).expect("a lab comes up");
    assert!(skipped.is_empty(), "{}", skipped.join("\n"));
    for agent in &agents {
        let cases = agent.skipped(&suite);
        let count = cases.len();
        let skipped = labs.skipped(&[prepared(agent, cases)], &suite);
        let skipped = skipped.expect("a lab comes up");
        assert_eq!(skipped.len(), count, "of {}: {skipped:?}", agent.name);
    }
    let findings = File::create(place().join("findings.txt")).expect("target can be written");
    let accused = Mutex::new(Vec::new());
    labs.try_all(&apply, &|one| {
        writeln!(&findings, "{}", one.text).expect("target can be written");
        if one.severity != Severity::Pass {
            accused.lock().expect("nobody panics here").push(one.text);
        }
    });
    let accused = accused.into_inner().expect("nobody panics here");
    let texts = accused.join("\n");
    assert!(
        accused.is_empty(),
        "{} not passed:\n\n{texts}",
        accused.len()
    );
}
