//! One cause is told once: starts that never work, and the same thing left behind in many cases.

use super::{diagnosis, ended, events};
use anstream::StripStream;

use crate::case::CaseId;
use crate::history::Exit;
use crate::judge::tests::tale::{End, Tale};
use crate::judge::tests::{case, decide};
use crate::judge::{Finding, Invariant, Leftover, LeftoverKind, Origin, Severity, Starts};
use crate::ocf::Code;
use crate::report::{CaseEnd, Console, Event, Html, Reporter, Results, RunStart};

/// A case whose given world the agent's own start did not make.
fn hindered(id: &str) -> CaseEnd {
    let end = End {
        stderr: "cannot open /etc/subject.xml\n",
        ..End::from(Exit::Code(Code::ErrGeneric))
    };
    let tale = Tale::default().run("start", "a", end);
    let tale = tale.trouble("the agent's own start on a answered OCF_ERR_GENERIC (1)");
    let mut verdict = decide(&case(super::CASE), &tale);
    verdict.case = CaseId(id.to_owned());
    CaseEnd {
        diagnosis: Some(diagnosis(&tale, &verdict)),
        verdict,
        known: None,
        mended: false,
    }
}

/// A case that passed but for what it left behind: files, or processes where the name is no path.
fn littered(id: &str, names: &[&str]) -> CaseEnd {
    let left: Vec<_> = names
        .iter()
        .map(|name| Leftover {
            kind: match name.starts_with('/') {
                true => LeftoverKind::File,
                false => LeftoverKind::Process,
            },
            name: (*name).to_owned(),
        })
        .collect();
    let mut end = ended(id, Severity::Warn);
    let finding = &mut end.verdict.findings[0];
    let seen: Vec<_> = left.iter().map(ToString::to_string).collect();
    *finding = Finding {
        origin: Origin::Invariant(Invariant::NothingLeftBehind),
        place: "invariant 8".to_owned(),
        seen: seen.join(", "),
        left_behind: left,
        ..finding.clone()
    };
    end
}

/// A run of these cases.
fn run(ends: Vec<CaseEnd>) -> Vec<Event> {
    let start = RunStart {
        total: ends.len(),
        agent: "ocf:mine:machine".to_owned(),
        lab: "2 local labs".to_owned(),
        again: "virt-ra-tester run --agent ocf:mine:machine".to_owned(),
        ..RunStart::default()
    };
    let ends = ends.into_iter().map(|end| Event::CaseEnded(Box::new(end)));
    let over = events().pop();
    let begun = std::iter::once(Event::RunStarted(start));
    begun.chain(ends).chain(over).collect()
}

fn told(ends: Vec<CaseEnd>) -> String {
    let mut out = Vec::new();
    let mut console = Console::plain(StripStream::new(&mut out));
    for event in run(ends) {
        console.event(&event).expect("memory can be written");
    }
    console.finish().expect("memory can be written");
    drop(console);
    String::from_utf8_lossy(&out).into_owned()
}

fn page(ends: Vec<CaseEnd>) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    let suite = crate::case::Suite::shipped().expect("the suite is sound");
    let mut html = Html::new(results.clone(), suite);
    for event in run(ends) {
        html.event(&event).expect("it takes note");
    }
    html.finish().expect("it can be written");
    std::fs::read_to_string(results.folder().join("report.html")).expect("it is there")
}

#[test]
fn a_start_that_never_works_is_told_first_and_what_could_not_begin_is_counted() {
    let ends = || {
        let fails = ended("start::absent", Severity::Fail);
        let others = [
            "stop::paused",
            "stop::deaf-guest",
            "monitor::state::running",
        ];
        let others = others.map(hindered);
        [vec![fails, hindered("stop::running")], others.to_vec()].concat()
    };
    insta::assert_snapshot!(told(ends()));
    let page = page(ends());
    let cause =
        "start never worked: none of 4 starts left a guest that runs, so 4 cases could not begin.";
    assert!(
        page.contains(&format!("<strong>{cause}</strong>")),
        "{page}"
    );
    assert!(page.contains("<summary>and 3 cases for the same cause</summary>"));
}

#[test]
fn a_start_that_works_now_and_then_is_not_said_never_to_work() {
    let mut passed = ended("start::absent", Severity::Pass);
    passed.verdict.starts = Starts {
        tried: 1,
        worked: 1,
    };
    let told = told(vec![passed, hindered("stop::running")]);
    let lines = [
        "1 case could not begin: the agent's own start did not make their guest; 1 of 2 starts worked:",
        "Inconclusive: 1 case could not begin, since the agent's own start did not make their guest.",
    ];
    for line in lines {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn the_same_thing_left_behind_in_many_cases_is_one_finding() {
    let left = (0..12).map(|number| {
        let left = format!("/tmp/machine.{number}00.lock");
        littered(&format!("stop::case-{number}"), &[&left])
    });
    let mut ends: Vec<_> = left.collect();
    ends.push(littered("stop::other", &["sleep 1000"]));
    insta::assert_snapshot!(told(ends));
}

#[test]
fn only_what_differs_from_run_to_run_is_left_out_of_what_was_left_behind() {
    let group = |one: &[&str], other: &[&str]| {
        let ends = vec![littered("stop::one", one), littered("stop::two", other)];
        told(ends).contains("in 1 more case: stop::two")
    };
    assert!(group(&["/tmp/x.12"], &["/tmp/x.7"]));
    assert!(group(&["/tmp/tmp.aB3dEf9hIj"], &["/tmp/tmp.Zz9kLm2nOp"]));
    assert!(group(&["/run/a", "/run/b"], &["/run/b", "/run/a"]));
    assert!(!group(&["/tmp/x.pid"], &["/tmp/x.state"]));
    assert!(!group(&["/tmp/a"], &["a"]));
}
