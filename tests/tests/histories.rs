//! Histories of real runs of both agents, judged again without a lab.
//!
//! `histories/CASE.PROFILE.history.jsonl` is what `run` left of a case, unpacked, with `-` for `::` in its id; `.expected`
//! beside it holds the verdict, and each finding's severity, place and clauses. After a change of the judge
//! that is meant, `BLESS=1` writes the verdicts anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use virt_ra_tester::case::{LoadedCase, Suite};
use virt_ra_tester::history::History;
use virt_ra_tester::judge::{AgentFacts, Severity, Verdict, judge};
use virt_ra_tester::plan::Profile;

/// No history is larger than this: they are read by people too. Those of a cluster take longer, and their runs have more in
/// their environment.
const MOST: u64 = 60_000;
const MOST_OF_A_CLUSTER: u64 = 140_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("histories")
}

fn histories() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("it is there").flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect()
}

/// The case's id as a folder is named by it, and the profile.
fn names(path: &Path) -> (&str, &str) {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .expect("it has a name");
    let mut parts = name.split('.');
    let mut part = || parts.next().expect("CASE.PROFILE.history.jsonl");
    (part(), part())
}

fn case<'a>(suite: &'a Suite, folder: &str) -> &'a LoadedCase {
    let found = suite
        .cases
        .iter()
        .find(|case| case.id.0.replace("::", "-") == folder);
    found.unwrap_or_else(|| panic!("the suite has no case {folder} any more: take its history out"))
}

fn judged(suite: &Suite, path: &Path) -> Verdict {
    let (folder, profile) = names(path);
    let case = case(suite, folder);
    let history = History::read(path).expect("it is a history");
    let profile = Profile::builtin(profile).expect("it is built in");
    judge(&case.id, &case.spec, &history, &AgentFacts::of(&profile))
}

fn summary(verdict: &Verdict) -> String {
    let mut text = format!("{}\n", verdict.severity);
    for finding in &verdict.findings {
        let clauses: Vec<&str> = finding.clauses.iter().map(|id| id.0.as_str()).collect();
        let line = format!(
            "{} {} {}",
            finding.severity,
            finding.place,
            clauses.join(" ")
        );
        writeln!(text, "{}", line.trim_end()).expect("memory can be written");
    }
    text
}

#[test]
fn recorded_histories_of_both_agents_are_judged_as_they_were() {
    let suite = Suite::shipped().expect("the suite is sound");
    for path in histories() {
        let expected = path.with_extension("").with_extension("expected");
        let now = summary(&judged(&suite, &path));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &now).expect("it can be written");
        }
        let then = fs::read_to_string(&expected).expect("every history has its verdict");
        assert_eq!(now, then, "{}", path.display());
    }
}

#[test]
fn every_history_has_its_verdict_and_every_verdict_its_history() {
    let expected: BTreeSet<PathBuf> = histories()
        .into_iter()
        .flat_map(|path| [path.with_extension("").with_extension("expected"), path])
        .collect();
    let entries = fs::read_dir(folder()).expect("it is there");
    let found = entries.map(|entry| entry.expect("it can be read").path());
    assert_eq!(found.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn a_recorded_failure_rests_on_what_was_recorded() {
    let suite = Suite::shipped().expect("the suite is sound");
    for path in histories() {
        let (folder, profile) = names(&path);
        let case = case(&suite, folder);
        let facts = AgentFacts::of(&Profile::builtin(profile).expect("it is built in"));
        let nothing = History::default();
        let verdict = judge(&case.id, &case.spec, &nothing, &facts);
        assert_eq!(verdict.severity, Severity::Unknown, "{}", path.display());
    }
}

#[test]
fn a_history_written_again_is_the_same_history() {
    let again = tempfile::NamedTempFile::new().expect("a file");
    for path in histories() {
        let history = History::read(&path).expect("it is a history");
        history.write(again.path()).expect("it can be written");
        let read = History::read(again.path()).expect("it is one still");
        assert_eq!(read, history, "{}", path.display());
    }
}

#[test]
fn there_are_small_histories_of_both_agents_with_good_and_bad_ends() {
    let suite = Suite::shipped().expect("the suite is sound");
    let of = |profile: &str, severity: Severity| {
        let mine = histories()
            .into_iter()
            .filter(|path| names(path).1 == profile);
        mine.filter(|path| judged(&suite, path).severity == severity)
            .count()
    };
    assert!(of("reference", Severity::Pass) >= 3);
    assert!(of("virtualdomain", Severity::Pass) >= 1);
    assert!(of("virtualdomain", Severity::Fail) >= 3);
    for path in histories() {
        let bytes = fs::metadata(&path).expect("it is there").len();
        let most = match names(&path).0.starts_with("cluster-") {
            true => MOST_OF_A_CLUSTER,
            false => MOST,
        };
        assert!(bytes < most, "{} has {bytes} bytes", path.display());
    }
}
