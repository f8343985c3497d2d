//! The suite as nextest runs it: each test is a process, and all of a run share their labs and their results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::processes::{descendants, marked};
use conformance_tests::program::{Said, binaries, said, virt_ra_tester, write_faulty_agent};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// What stands for nextest: it lists the tests twice at once, runs those that are named, all at once, and fails where one
/// of them does. Only its tests know the name of the run.
const NEXTEST: &str = r#"
run="env NEXTEST_RUN_ID=9c634903-05d4-42de-9a7b-514390adfc90 $suite"
$run --list --format terse >listed 2>refused & lists=$!
$run --list --format terse --ignored >ignored 2>/dev/null
wait $lists
all=
for test; do $run --exact "$test" --nocapture >"said-$test" 2>&1 & all="$all $!"; done
for one in $all; do wait "$one" || code=100; done
exit "${code:-0}"
"#;

/// How long what was killed may take to be gone, or a case to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// The newest program of the target `conformance`, which has the suite.
fn suite() -> PathBuf {
    let programs = fs::read_dir(binaries().join("deps")).expect("it is there");
    let built = programs.flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let of_ours = name.strip_prefix("conformance-");
        of_ours.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    let newest = built.max_by_key(|entry| entry.metadata().and_then(|file| file.modified()).ok());
    newest.expect("`cargo test --no-run` builds it").path()
}

/// Runs tests in a folder, with these variables.
fn nextest(folder: &Path, variables: &[(&str, &str)], tests: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", NEXTEST, "nextest"])
        .args(tests)
        .current_dir(folder)
        .env("suite", suite())
        .env("PWD", folder)
        .env_remove("NEXTEST_RUN_ID")
        .envs(variables.iter().copied());
    command
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("it was written")
}

fn run_file(folder: &Path, run: &str) -> Value {
    let text = text(folder, &format!("{run}/run.json"));
    serde_json::from_str(&text).expect("it is JSON")
}

fn results(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("results")).expect("there are some");
    let names = entries.flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "latest").collect()
}

#[test]
fn any_agent_is_judged_and_what_reads_results_reads_those() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    write_faulty_agent(folder);
    let variables = [
        ("VRT_AGENT", "./agent"),
        ("VRT_PROFILE", "reference"),
        ("VRT_JOBS", "1"),
    ];
    let (good, bad) = (
        "metadata::bare-environment",
        "interface::unknown-action::promote",
    );
    let ended = said(&mut nextest(folder, &variables, &[good, bad]));
    let why = text(folder, &format!("said-{bad}"));
    assert_eq!(ended.code, Some(100), "{why}");
    assert!(why.contains("OCF-EXIT-03"), "{why}");
    let passed = text(folder, &format!("said-{good}"));
    assert!(passed.contains("1 passed"), "{passed}");
    assert!(text(folder, "listed").contains("start::absent: test\n"));
    let skipped = text(folder, "ignored");
    assert!(
        skipped.lines().count() < text(folder, "listed").lines().count(),
        "{skipped}"
    );

    let run = match &results(folder)[..] {
        [only] => format!("results/{only}"),
        more => panic!("one folder for all tests: {more:?}"),
    };
    assert!(
        run.ends_with(".9c634903-05d4-42de-9a7b-514390adfc90"),
        "{run}"
    );
    let judged = virt_ra_tester(folder, &["judge", &run]);
    assert_eq!(judged.code, Some(1), "{}{}", judged.out, judged.err);
    assert_eq!(virt_ra_tester(folder, &["report", &run]).code, Some(0));
    let file = run_file(folder, &run);
    assert_eq!(file["conclusion"], "does_not_conform", "{file}");
    assert_eq!(file["verdicts"].as_array().map(Vec::len), Some(2), "{file}");

    let again = said(&mut nextest(folder, &variables, &[good]));
    assert_eq!(again.code, Some(0));
    let merged = virt_ra_tester(folder, &["merge", &run, "results/latest"]);
    assert_eq!(merged.code, Some(1), "{}{}", merged.out, merged.err);
    assert!(
        merged.out.starts_with("2 cases of 2 runs"),
        "{}",
        merged.out
    );
}

#[test]
fn what_runs_the_tests_is_killed_and_nothing_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut command = nextest(folder, &[("VRT_JOBS", "1")], &["stop::deaf-guest"]);
    let mut child = command
        .stdout(Stdio::null())
        .spawn()
        .expect("there is a shell");
    let begun = folder.join("results/latest/cases");
    let deadline = Instant::now() + PATIENCE;
    while fs::read_dir(&begun).map_or(0, Iterator::count) == 0 {
        assert!(
            Instant::now() < deadline,
            "the case begins: {}",
            text(folder, "refused")
        );
        thread::sleep(Duration::from_millis(20));
    }
    let pid = child.id().cast_signed();
    assert!(descendants(pid).len() > 1);
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it is our child");
    child.wait().expect("it is our child");
    let deadline = Instant::now() + PATIENCE;
    while !marked(folder).is_empty() {
        assert!(
            Instant::now() < deadline,
            "these are left: {:?}",
            marked(folder)
        );
        thread::sleep(Duration::from_millis(20));
    }
    let file = run_file(folder, "results/latest");
    assert_eq!(file["conclusion"], "interrupted", "{file}");
}

#[test]
fn what_is_wrong_with_the_choice_of_the_agent_fails_every_test_and_leaves_no_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let no_agent = [("VRT_AGENT", "./nowhere")];
    let Said { code, .. } = said(&mut nextest(folder, &no_agent, &["start::absent"]));
    assert_eq!(code, Some(100));
    assert!(text(folder, "said-start::absent").contains("./nowhere"));
    assert_eq!(text(folder, "listed"), "the-agent-can-be-judged: test\n");
    assert!(!folder.join("results").exists());
}

#[test]
fn tests_that_are_listed_alone_leave_no_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Said { code, .. } = said(&mut nextest(folder, &[], &[]));
    assert_eq!(code, Some(0));
    let deadline = Instant::now() + PATIENCE;
    while !marked(folder).is_empty() {
        assert!(
            Instant::now() < deadline,
            "these are left: {:?}",
            marked(folder)
        );
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!folder.join("results").exists());
}
