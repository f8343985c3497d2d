//! `cases/quick.yaml` says which cases catch which faulty agents, and a quick run catches many of them.
//!
//! `BLESS=1 cargo test -p conformance-tests --test quick` writes it anew from the headers of the agents in `tests/faulty` and
//! from what was measured beside them. `VRT_MEASURE=1` with the argument `measure` measures: CONTRIBUTING.md says how.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use conformance_tests::faulty::{self, Base, FaultyAgent, Kind};
use conformance_tests::measured::{self, Catch};
use conformance_tests::program::binaries;
use conformance_tests::trial::{Labs, Prepared, profile};
use virt_ra_tester::case::{LoadedCase, Suite};
use virt_ra_tester::plan::{CasePattern, Plan, Profile, Selection};

const HEAD: &str = "\
# Which cases catch each faulty agent of `tests/faulty`, as its header says and as was measured: what `run --quick` chooses
# by; for each kind of agents. Made by `BLESS=1 cargo test -p conformance-tests --test quick`.
";

/// The share of the faulty agents of its kind, in percent, that a quick run of an agent of that profile catches at least.
const LEAST: [(&str, usize); 6] = [
    ("reference", 80),
    ("virtualdomain", 70),
    ("reference-vm", 80),
    ("xen", 80),
    ("manageve", 80),
    ("fence_virsh", 80),
];

/// The share of all faulty agents, in percent, that quick runs under their own profiles catch at least.
const IN_SUM: usize = 80;

/// Cases in which an agent does so much that most faults can show.
const BROAD: [&str; 5] = [
    "interface::quiet-life",
    "migrate::whole::tcp",
    "migrate::there-and-back",
    "monitor::state::outside",
    "stop::running",
];

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/quick.yaml")
}

fn suite() -> Suite {
    Suite::shipped().expect("the suite is sound")
}

fn agents() -> Vec<FaultyAgent> {
    faulty::all(Kind::Faulty).expect("every header is sound")
}

fn line(agent: &FaultyAgent, measured: &[Catch]) -> String {
    let named = |case: &str| agent.caught_by.iter().any(|one| one.fits_text(case));
    let measured = measured.iter().filter(|one| one.agent == agent.name);
    let measured = measured.map(|one| one.case.as_str());
    let cases = agent.caught_by.iter().map(|case| case.as_str());
    let cases: Vec<&str> = cases.chain(measured.filter(|case| !named(case))).collect();
    format!("  {}: [{}]\n", agent.name, cases.join(", "))
}

/// What of the measured holds no more is taken out where it is blessed.
#[test]
fn what_was_measured_holds_for_the_agents_and_cases_as_they_are() {
    let (agents, cases) = (agents(), suite().cases);
    let holds = |one: &Catch| one.holds(&agents, &cases);
    let (sound, stale): (Vec<_>, Vec<_>) = measured::all().into_iter().partition(holds);
    if env::var_os("BLESS").is_some() && !stale.is_empty() {
        measured::write(sound).expect("it can be written");
        return;
    }
    assert!(
        stale.is_empty(),
        "changed since they were measured: {stale:#?}\nmeasure them again as CONTRIBUTING.md says, or take them out by\n\
         BLESS=1 cargo test -p conformance-tests --test quick"
    );
}

#[test]
fn the_suite_knows_what_catches_each_faulty_agent() {
    let (agents, cases) = (agents(), suite().cases);
    let mut measured = measured::all();
    measured.retain(|one| one.holds(&agents, &cases));
    let mut kinds = BTreeMap::<_, String>::new();
    for agent in &agents {
        let kind = kinds.entry(profile_of(agent).kind()).or_default();
        kind.push_str(&line(agent, &measured));
    }
    let kinds = kinds.iter();
    let kinds = kinds.map(|(kind, lines)| format!("{kind}:\n{lines}"));
    let text = format!("{HEAD}{}", kinds.collect::<String>());
    if env::var_os("BLESS").is_some() {
        fs::write(file(), &text).expect("it can be written");
    }
    let kept = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        kept == text,
        "cases/quick.yaml is stale; its head says how to write it anew"
    );
}

/// The profile that an agent is run under.
fn profile_of(agent: &FaultyAgent) -> Profile {
    profile(&agent.profile).expect("its profile is built in, or a file of tests/profiles")
}

/// The plan of an agent of that profile that has every action.
fn plan(suite: &Suite, profile: &Profile) -> Plan {
    let advertised = [
        "migrate_to",
        "migrate_from",
        "validate-all",
        "reload-agent",
        "reload",
        // rgmanager's.
        "migrate",
        "reconfig",
        "verify-all",
    ];
    let advertised = advertised.map(str::to_owned);
    Plan::new(suite, profile, &advertised, &Selection::default())
}

#[test]
fn a_quick_run_is_a_small_part_of_the_suite_and_catches_a_large_one_of_the_faulty_agents() {
    let suite = suite();
    let mut said = String::new();
    let mut wrong = false;
    for (name, least) in LEAST {
        let profile = Profile::builtin(name).expect("it is built in");
        let mut plan = plan(&suite, &profile);
        let whole = plan.chosen.len();
        let quick = plan.quicken(&suite, &profile);
        assert_eq!(quick.cases, plan.chosen.len());
        wrong |= quick.cases * 3 > whole * 2 || quick.share() < least;
        writeln!(said, "{name}: {quick}, of {whole}; {least} % are asked for").expect("a string");
    }
    writeln!(std::io::stdout(), "{said}").expect("it can be said");
    assert!(!wrong, "{said}");
}

/// Each faulty agent counts once: whether it is caught by `run --quick` under its own profile.
#[test]
fn quick_runs_of_all_faulty_agents_catch_most_of_them() {
    let suite = suite();
    let mut of_profiles = BTreeMap::<_, Vec<FaultyAgent>>::new();
    for agent in agents() {
        let of_profile = of_profiles.entry(agent.profile.clone()).or_default();
        of_profile.push(agent);
    }
    let (mut caught, mut all) = (0, 0);
    for agents in of_profiles.values() {
        let profile = profile_of(&agents[0]);
        let mut plan = plan(&suite, &profile);
        plan.quicken(&suite, &profile);
        let known = suite.catches.of(profile.kind()).expect("it is a kind");
        let catches = |case: &LoadedCase, agent: &FaultyAgent| {
            let mut by = known[&agent.name].iter();
            by.any(|one| CasePattern::new(one).fits(&case.id))
        };
        let is_caught = |agent: &&FaultyAgent| plan.chosen.iter().any(|case| catches(case, agent));
        caught += agents.iter().filter(is_caught).count();
        all += agents.len();
    }
    let said = format!("quick runs catch {caught} of all {all} faulty agents");
    writeln!(std::io::stdout(), "{said}").expect("it can be said");
    assert!(caught * 100 >= all * IN_SUM, "{said}");
}

/// The ids of the cases that quick runs of resource agents under libvirt have.
fn quick_cases(suite: &Suite) -> BTreeSet<String> {
    let quick = |name| {
        let profile = Profile::builtin(name).expect("it is built in");
        let mut plan = plan(suite, &profile);
        plan.quicken(suite, &profile);
        plan.chosen.into_iter().map(|case| case.id.0)
    };
    quick("reference").chain(quick("virtualdomain")).collect()
}

/// The cases of quick runs that may catch an agent: those of the areas of the cases that it names, and the broad ones.
fn candidates<'a>(
    suite: &'a Suite,
    quick: &BTreeSet<String>,
    agent: &FaultyAgent,
) -> Vec<&'a LoadedCase> {
    let areas = agent
        .caught_by
        .iter()
        .filter_map(|one| one.as_str().split("::").next());
    let areas: BTreeSet<&str> = areas.collect();
    let may_catch = |case: &&LoadedCase| {
        let id = case.id.0.as_str();
        quick.contains(id) && areas.contains(case.area()) || BROAD.contains(&id)
    };
    let profile = Profile::builtin(&agent.profile);
    let applies = profile
        .map(|profile| plan(suite, &profile).chosen)
        .unwrap_or_default();
    let applies = |case: &&LoadedCase| applies.iter().any(|one| one.id == case.id);
    let mut cases: Vec<_> = suite
        .cases
        .iter()
        .filter(may_catch)
        .filter(applies)
        .collect();
    cases.sort_by_key(|case| {
        (
            !BROAD.contains(&case.id.0.as_str()),
            suite.durations.of(case),
        )
    });
    cases
}

/// The agents to measure: those that VRT_TRY names, else those under libvirt that no quick run is known to catch.
fn unknown(quick: &BTreeSet<String>, known: &[Catch]) -> Vec<FaultyAgent> {
    let asked = env::var("VRT_TRY").ok();
    let uncaught = |agent: &FaultyAgent| {
        let named = |case: &String| agent.caught_by.iter().any(|one| one.fits_text(case));
        let measured = known
            .iter()
            .any(|one| one.agent == agent.name && quick.contains(&one.case));
        let base = matches!(agent.base, Base::Reference | Base::VirtualDomain);
        base && !measured && !quick.iter().any(named)
    };
    let mut agents = agents();
    agents.retain(|agent| match &asked {
        Some(names) => names.split(',').any(|name| name == agent.name),
        None => uncaught(agent),
    });
    agents
}

/// The good agent that a faulty one is made of, as a script around it.
fn behind(agent: &FaultyAgent) -> FaultyAgent {
    FaultyAgent {
        name: format!("{}-without-it", agent.name),
        script: "#!/bin/sh\nexec \"@AGENT@\" \"$@\"\n".to_owned(),
        ..agent.clone()
    }
}

/// Tries the agents that no quick run is known to catch in one lab, each under the cases of quick runs until one of them
/// catches it twice, and writes that down.
#[test]
fn measure_what_else_catches_the_faulty_agents() {
    if env::var_os("VRT_MEASURE").is_none() {
        return;
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("measured");
    let suite = suite();
    let mut known = measured::all();
    let quick = quick_cases(&suite);
    let labs = Labs::one(&binaries(), &place);
    for agent in unknown(&quick, &known) {
        let cases = candidates(&suite, &quick, &agent);
        let prepare = |agent, cases| Prepared::new(agent, cases, &place, &binaries());
        let prepared = prepare(&agent, cases).expect("its profile is built in");
        let good = behind(&agent);
        let good = prepare(&good, Vec::new()).expect("its profile is built in");
        let tried = prepared.cases.len();
        let caught = labs.first_to_catch(&prepared, &good);
        let by = caught.map_or("nothing", |case| case.id.0.as_str());
        let said = format!("{}: of {tried} cases, caught by {by}", agent.name);
        writeln!(std::io::stdout(), "{said}").expect("it can be said");
        if let Some(case) = caught {
            known.push(Catch::now(&agent, case));
            measured::write(known.clone()).expect("it can be written");
        }
    }
}
