//! `cases/quick.yaml` says which cases catch which faulty agents, and a quick run catches many of them.
//!
//! `BLESS=1 cargo test -p conformance-tests --test quick` writes it anew from the headers of the agents in `tests/faulty`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use conformance_tests::faulty::{self, Base, FaultyAgent, Kind};
use virt_ra_tester::case::Suite;
use virt_ra_tester::plan::{Plan, Profile, Selection};

const HEAD: &str = "\
# Which cases catch each faulty agent of `tests/faulty`, as its header says: what `run --quick` chooses by. Made by
# `BLESS=1 cargo test -p conformance-tests --test quick`.
";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/quick.yaml")
}

fn line(agent: &FaultyAgent) -> String {
    let cases = agent.caught_by.iter().map(|case| case.as_str());
    let cases: Vec<&str> = cases.collect();
    format!("  {}: [{}]\n", agent.name, cases.join(", "))
}

#[test]
fn the_suite_knows_what_catches_each_faulty_agent() {
    let agents = faulty::all(Kind::Faulty).expect("every header is sound");
    let of = |fence: bool| -> String {
        let agents = agents
            .iter()
            .filter(|agent| (agent.base == Base::Fence) == fence);
        agents.map(line).collect()
    };
    let text = format!("{HEAD}resource:\n{}fence:\n{}", of(false), of(true));
    if env::var_os("BLESS").is_some() {
        fs::write(file(), &text).expect("it can be written");
    }
    let kept = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        kept == text,
        "cases/quick.yaml is stale; its head says how to write it anew"
    );
}

#[test]
fn a_quick_run_is_a_small_part_of_the_suite_and_catches_a_large_one_of_the_faulty_agents() {
    let suite = Suite::shipped().expect("the suite is sound");
    for (name, least) in [("reference", 40), ("virtualdomain", 35)] {
        let profile = Profile::builtin(name).expect("it is built in");
        let advertised = ["migrate_to", "migrate_from", "validate-all"].map(str::to_owned);
        let mut plan = Plan::new(&suite, &profile, &advertised, &Selection::default());
        let whole = plan.chosen.len();
        let quick = plan.quicken(&suite, profile.dialect);
        assert_eq!(quick.cases, plan.chosen.len());
        assert!(quick.cases * 4 < whole, "{name}: {quick}, of {whole}");
        assert!(quick.share() >= least, "{name}: {quick}");
    }
}
