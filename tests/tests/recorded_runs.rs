//! What the commands that read a finished run back answer: `judge` and `report`.

use std::fs;

use conformance_tests::finished::finished_run;
use conformance_tests::program::virt_ra_tester;
use conformance_tests::refusal::{check, refused};

#[test]
fn a_folder_that_is_no_run_cannot_be_judged() {
    check(
        &["judge", "./empty"],
        2,
        "virt-ra-tester: no run can be read back from ./empty/run.json: No such file or directory \
         (os error 2); name the folder of a finished run, such as results/latest",
    );
}

#[test]
fn a_folder_that_is_no_run_cannot_be_reported_on() {
    check(
        &["report", "./empty"],
        2,
        "virt-ra-tester: no run can be read back from ./empty/events.jsonl: No such file or \
         directory (os error 2); name the folder of a finished run, such as results/latest",
    );
    check(
        &["report", "./empty", "--picture", "stop::x", "--to", "x.svg"],
        2,
        "virt-ra-tester: there is no case `stop::x` in ./empty; its folder `cases` has a folder for \
         each case that ran",
    );
    let message = refused(&["report", "./empty", "--picture", "stop::x"], 2);
    assert!(message.contains("--to <FILE>"), "{message}");
}

#[test]
fn a_run_of_another_format_is_refused_with_one_line() {
    let folder = finished_run(str::to_owned);
    let file = folder.path().join("run/run.json");
    let text = fs::read_to_string(&file).expect("it is there");
    let newer = text.replacen("\"format\":1", "\"format\":2", 1);
    fs::write(file, newer).expect("it can be written");
    let said = virt_ra_tester(folder.path(), &["judge", "run"]);
    let message = "virt-ra-tester: run/run.json: written in format 2 by another version of virt-ra-tester, and this one \
                   reads format 1: use the version that wrote it, or run the cases again\n";
    assert_eq!((said.code, said.err.as_str()), (Some(2), message));
}

#[test]
fn histories_of_another_format_are_refused_with_one_line() {
    let older = |text: &str| text.split_once('\n').expect("it has lines").1.to_owned();
    refuses(
        &finished_run(older),
        "recorded by an older virt-ra-tester in format 1, and this one reads format 2: run the case again, or use the \
         version that recorded it",
    );
    let newer = |text: &str| text.replacen("\"format\":2", "\"format\":3", 1);
    refuses(
        &finished_run(newer),
        "recorded by a newer virt-ra-tester in format 3, and this one reads format 2: use the version that recorded it",
    );
}

/// Draws the run's one case.
const DRAW: [&str; 6] = [
    "report",
    "run",
    "--picture",
    "start::twice-at-once",
    "--to",
    "x.svg",
];

/// Whatever reads the run's histories refuses them.
fn refuses(folder: &tempfile::TempDir, why: &str) {
    for arguments in [&["judge", "run"][..], &["report", "run"], &DRAW] {
        let said = virt_ra_tester(folder.path(), arguments);
        let history = "run/cases/start-twice-at-once/history.jsonl";
        let message = format!("virt-ra-tester: {history}: {why}\n");
        assert_eq!((said.code, said.err), (Some(2), message), "{arguments:?}");
    }
}

#[test]
fn a_finished_run_is_reported_on_again_and_its_case_drawn() {
    let folder = finished_run(str::to_owned);
    let said = virt_ra_tester(folder.path(), &["report", "run"]);
    let written = "run/report.html\nrun/conformance.yaml\nrun/report.tap\nrun/junit.xml\n";
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), written),
        "{}",
        said.err
    );
    let page = fs::read_to_string(folder.path().join("run/report.html")).expect("it is there");
    assert!(page.contains("start (other): success (0)"));
    let said = virt_ra_tester(folder.path(), &DRAW);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    let svg = fs::read_to_string(folder.path().join("x.svg")).expect("it is there");
    assert!(svg.starts_with("<svg xmlns="));
}

#[test]
fn where_the_time_of_a_finished_run_went_is_printed() {
    let folder = finished_run(str::to_owned);
    let said = virt_ra_tester(folder.path(), &["report", "run", "--times"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let mut lines = said.out.lines();
    assert_eq!(
        lines.next(),
        Some("agent 100 %, guests and waits 0 %, between cases 0 %")
    );
    assert!(
        lines.any(|line| line.starts_with("start: 2 runs, median ")),
        "{}",
        said.out
    );
}
