//! How long each case takes stands in `cases/durations.yaml`.
//!
//! `VRT_RESULTS=DIR,DIR BLESS=1 cargo test -p conformance-tests --test durations` writes it anew from the results of runs:
//! what several of them timed from the last, and what none did as it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use virt_ra_tester::case::{CaseId, LoadedCase, Millis, Suite};

const HEAD: &str = "\
# How long each case takes about, where few run at a time: what `--partition` and `--quick` reckon with. A case that is not
# here takes as long as its area does on average. Made by `tests/tests/durations.rs`, whose head says how.
";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/durations.yaml")
}

/// What the cases of a run took, in milliseconds.
fn timed(results: &str) -> Vec<(CaseId, Millis)> {
    let file = Path::new(results).join("run.json");
    let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let run: Value = serde_json::from_slice(&text).expect("it is JSON");
    let verdicts = run["verdicts"].as_array().expect("a run has verdicts");
    let time = |verdict: &Value| {
        let id = verdict["case"].as_str()?.to_owned();
        // To ten milliseconds, so that few lines differ from one time to the next.
        let took = verdict["took"].as_u64()?.div_ceil(10) * 10;
        Some((CaseId(id), Millis(took)))
    };
    verdicts.iter().filter_map(time).collect()
}

fn write(suite: &Suite, results: &str) {
    let mut times: BTreeMap<CaseId, Millis> = suite.durations.0.clone();
    for run in results.split(',') {
        times.extend(timed(run));
    }
    times.retain(|id, _| suite.case(&id.0).is_some());
    let lines = times.iter().map(|(id, took)| format!("{}: {took}\n", id.0));
    fs::write(file(), format!("{HEAD}{}", lines.collect::<String>())).expect("it can be written");
}

#[test]
fn nearly_every_case_was_timed_and_no_case_that_is_gone_is_listed() {
    let suite = Suite::shipped().expect("the suite is sound");
    if let (Ok(results), Ok(_)) = (env::var("VRT_RESULTS"), env::var("BLESS")) {
        write(&suite, &results);
        return;
    }
    let known = |id: &&CaseId| suite.case(&id.0).is_some();
    let gone: Vec<_> = suite.durations.0.keys().filter(|id| !known(id)).collect();
    assert!(
        gone.is_empty(),
        "take them out of cases/durations.yaml: {gone:?}"
    );
    let is_timed = |case: &&LoadedCase| suite.durations.0.contains_key(&case.id);
    let untimed = suite.cases.iter().filter(|case| !is_timed(case)).count();
    let most = suite.cases.len() / 5;
    assert!(
        untimed <= most,
        "{untimed} cases are not in cases/durations.yaml; the head of tests/tests/durations.rs says how to time them"
    );
}
