//! What a CI reads: TAP, JUnit, GitHub's annotations, and the console that tells little.

use std::path::Path;
use std::process::Command;

use anstream::StripStream;

use super::{ended, events, report};
use crate::case::{Suite, load_text};
use crate::judge::Severity;
use crate::report::{CaseEnd, Console, Detail, Event, Github, Junit, Reporter, Tap};

/// A suite with one of the cases that the events are about.
fn suite() -> Suite {
    let text = "case: stop fails\nclause: [STOP-01, DBL-01]\nlevel: must\n\
                when:\n  - run: {action: stop, node: a, returns: success}\n";
    let cases = load_text(Path::new("stop/fails.yaml"), text, None).expect("it is good");
    Suite {
        cases,
        ..Suite::default()
    }
}

#[test]
fn junit_has_a_suite_for_each_area_and_tells_failures_errors_and_skips_apart() {
    let mut out = Vec::new();
    report(Junit::new(&mut out, &suite())).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8_lossy(&out));
}

#[test]
fn tap_tells_every_finding_and_skips_and_known_deviations_by_its_directives() {
    let mut out = Vec::new();
    report(Tap::new(&mut out)).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8_lossy(&out));
}

fn tap_of(events: &[Event]) -> String {
    let mut out = Vec::new();
    let mut tap = Tap::new(&mut out);
    for event in events {
        tap.event(event).expect("memory can be written");
    }
    tap.finish().expect("memory can be written");
    String::from_utf8(out).expect("it is text")
}

#[test]
fn tap_of_an_interrupted_run_bails_out_with_its_plan_unmet() {
    let mut begun = events()[..7].to_vec();
    begun.push(Event::Interrupted);
    insta::assert_snapshot!(tap_of(&begun));
}

/// What `prove` says of a text, and whether it takes it for a success; none where it is not installed.
fn prove(tap: &str) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.tap");
    std::fs::write(&file, tap).expect("it can be written");
    let mut run = Command::new("prove");
    let said = run.args(["--exec", "cat"]).arg(&file).output().ok()?;
    let text = [said.stdout, said.stderr].concat();
    Some((
        said.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

/// A run of these cases, without what did not run.
fn run_of(ends: Vec<CaseEnd>) -> Vec<Event> {
    let (first, last) = (events().remove(0), events().pop().expect("there is one"));
    let Event::RunStarted(mut start) = first else {
        panic!("a run begins with its beginning");
    };
    start.total = ends.len();
    let ends = ends.into_iter().map(|end| Event::CaseEnded(Box::new(end)));
    std::iter::once(Event::RunStarted(start))
        .chain(ends)
        .chain([last])
        .collect()
}

#[test]
fn prove_takes_skips_warnings_and_known_deviations_for_no_failure() {
    let mut known = ended("stop::known", Severity::Fail);
    known.known = Some("upstream issue #856".to_owned());
    let mut passed = ended("start::noted", Severity::Pass);
    let note = "monitor on a: \"OCF_SUCCESS\" (0)\nat \\ last\u{1b}";
    passed.verdict.notes = vec![note.to_owned(), "- x: 'y".to_owned()];
    let warned = ended("start::warns", Severity::Warn);
    let Some((succeeded, said)) = prove(&tap_of(&run_of(vec![known, passed, warned]))) else {
        return;
    };
    assert!(succeeded, "{said}");
    assert!(said.contains("Tests=5") && said.contains("PASS"), "{said}");
}

#[test]
fn prove_takes_failures_unknown_cases_and_interruptions_for_failures() {
    for severity in [Severity::Fail, Severity::Unknown] {
        let one = run_of(vec![ended("stop::x", severity)]);
        let Some((succeeded, said)) = prove(&tap_of(&one)) else {
            return;
        };
        assert!(!succeeded, "{said}");
        assert!(said.contains("Failed 1/3 subtests"), "{said}");
        assert!(!said.contains("Parse errors"), "{said}");
    }
    let interrupted = [events().remove(0), Event::Interrupted];
    let Some((succeeded, said)) = prove(&tap_of(&interrupted)) else {
        return;
    };
    assert!(!succeeded && said.contains("Bailout called"), "{said}");
}

#[test]
fn github_gets_an_annotation_for_each_cause_and_a_summary_of_the_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("summary.md");
    std::fs::write(&page, "from the step before\n").expect("it can be written");
    let mut out = Vec::new();
    report(Github::new(&mut out, Some(page.clone()), &suite())).expect("both can be written");
    let page = std::fs::read_to_string(page).expect("it is there");
    insta::assert_snapshot!(format!("{}\n{page}", String::from_utf8_lossy(&out)));
}

#[test]
fn a_quiet_console_tells_failures_and_the_end_alone() {
    let mut out = Vec::new();
    let console = Console::plain(StripStream::new(&mut out)).telling(Detail::Quiet);
    report(console).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8_lossy(&out));
}
