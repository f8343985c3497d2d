//! Every faulty agent is caught by the cases that must catch it, and every case catches one.
//!
//! `VRT_TRY=name,name` tries these agents alone. What every case said of every agent is in
//! `target/tmp/faulty/findings.txt` afterwards.

use std::collections::BTreeSet;
use std::env;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use conformance_tests::faulty::{self, FaultyAgent, Kind};
use conformance_tests::program::binaries;
use conformance_tests::trial::{Labs, Prepared};
use virt_ra_tester::case::Suite;
use virt_ra_tester::equipment::{Daemons, PartId};
use virt_ra_tester::lab::lacking;

fn suite() -> Suite {
    Suite::shipped().expect("the suite is sound")
}

fn agents() -> Vec<FaultyAgent> {
    faulty::all(Kind::Faulty).expect("every header is sound")
}

/// Where the agents are written as they are run: the nodes of a lab see it.
fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("faulty")
}

fn prepared<'a>(faulty: &'a FaultyAgent, suite: &'a Suite) -> Prepared<'a> {
    let (mut cases, _) = faulty.cases(suite);
    // What takes machines of its own is proven by the tests of such labs.
    cases.retain(|case| !case.spec.needs.power);
    Prepared::new(faulty, cases, &place(), &binaries()).expect("its profile is built in")
}

#[test]
fn every_case_that_a_faulty_agent_names_exists() {
    let suite = suite();
    for agent in agents() {
        let (_, unknown) = agent.cases(&suite);
        assert!(
            unknown.is_empty(),
            "{}: no case has the id {unknown:?}",
            agent.name
        );
    }
}

#[test]
fn every_change_of_a_base_changes_it() {
    let place = tempfile::tempdir().expect("a folder");
    for agent in agents().iter().filter(|agent| agent.change.is_some()) {
        let written = agent.write(place.path(), &binaries());
        written.unwrap_or_else(|why| panic!("{}: {why}", agent.name));
    }
}

#[test]
fn every_case_is_proven_by_a_faulty_agent() {
    let suite = suite();
    // What is asked of a scheduler is proven by faulty schedulers, in `tests/scheduler.rs`.
    let cases = { suite.cases.iter() }.filter(|case| case.spec.needs.lab.has_nodes());
    let mut unproven: BTreeSet<&str> = cases.map(|case| case.id.0.as_str()).collect();
    for agent in agents() {
        for case in agent.cases(&suite).0 {
            unproven.remove(case.id.0.as_str());
        }
    }
    assert!(unproven.is_empty(), "no faulty agent proves {unproven:#?}");
}

/// Modular daemons and fence daemons are not to be had on every distribution that the tests run on, and each of their
/// cases has been seen to fail where they are.
fn without_what_few_machines_have(mut agent: Prepared<'_>) -> Prepared<'_> {
    if agent.has_no_lab() {
        agent.cases.clear();
    }
    if lacking(PartId::Daemons(Daemons::Modular)).is_some() {
        let modular = Some(Daemons::Modular);
        agent
            .cases
            .retain(|case| case.spec.needs.daemons != modular);
    }
    agent
}

#[test]
fn every_faulty_agent_is_caught_by_every_case_that_it_names() {
    let asked = env::var("VRT_TRY").ok();
    let wanted = |agent: &FaultyAgent| {
        asked
            .as_ref()
            .is_none_or(|names| names.split(',').any(|name| name == agent.name))
    };
    let suite = suite();
    let agents: Vec<_> = agents().into_iter().filter(wanted).collect();
    let prepared = agents.iter().map(|agent| prepared(agent, &suite));
    let prepared = prepared.map(without_what_few_machines_have);
    let prepared: Vec<_> = prepared.filter(|agent| !agent.cases.is_empty()).collect();
    let labs = Labs::new(&binaries(), &place());
    let skipped = labs.skipped(&prepared, &suite).expect("a lab comes up");
    assert!(skipped.is_empty(), "{}", skipped.join("\n"));
    let findings = File::create(place().join("findings.txt")).expect("target can be written");
    let judgements = Mutex::new(Vec::new());
    labs.try_all(&prepared, &|one| {
        writeln!(&findings, "{}", one.text).expect("target can be written");
        judgements.lock().expect("nobody panics here").push(one);
    });
    let judgements = judgements.into_inner().expect("nobody panics here");
    let missed: Vec<_> = judgements
        .iter()
        .filter(|judgement| !judgement.caught)
        .collect();
    let texts: Vec<_> = missed
        .iter()
        .map(|judgement| judgement.text.as_str())
        .collect();
    assert!(
        missed.is_empty(),
        "{} not caught:\n\n{}",
        missed.len(),
        texts.join("\n")
    );
}
