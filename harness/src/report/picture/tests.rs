//! Pictures are read as XML here: what they look like, people must see.

use std::path::Path;

use roxmltree::{Document, Node};

use super::Picture;
use crate::case::{CaseSpec, FaultKind, Suite};
use crate::history::{DomainState, Exit, FenceOutcome, Guest, History, What};
use crate::judge::tests::tale::Tale;
use crate::judge::tests::{case, decide};
use crate::judge::{AgentFacts, judge};
use crate::ocf::Code;
use crate::plan::Profile;

fn start() -> CaseSpec {
    case(
        "case: a guest\nclause: [STOP-01]\nlevel: must\nwhen:\n  - run: {action: start, node: b, \
         returns: anything}\n",
    )
}

fn drawn(spec: &CaseSpec, tale: &Tale) -> String {
    let picture = Picture::of(&tale.history(), &decide(spec, tale));
    picture.expect("something was recorded").alone("a sentence")
}

/// The elements of a class.
fn of<'a>(document: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    let all = document.descendants();
    let has = |node: &Node<'_, '_>| {
        let classes = node.attribute("class").unwrap_or_default();
        classes.split(' ').any(|one| one == class)
    };
    all.filter(has).collect()
}

fn texts(document: &Document<'_>) -> Vec<String> {
    let all = document.descendants();
    let all = all.filter(|node| node.tag_name().name() == "text");
    all.filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

fn twice() -> Tale {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::Success);
    let tale = tale.emulator("b", &[20]).writes("b", 8, 1..4);
    tale.writes("a", 7, 9..12).writes("b", 8, 4..6).done()
}

#[test]
fn a_guest_that_runs_twice_is_red_across_both_lanes_for_as_long_as_the_judge_proves() {
    let svg = drawn(&start(), &twice());
    let document = Document::parse(&svg).expect("it is XML");
    let red = of(&document, "twice");
    assert_eq!(red.len(), 2, "a lane each");
    let ends: Vec<_> = red
        .iter()
        .map(|area| (area.attribute("x"), area.attribute("width")))
        .collect();
    assert_eq!(ends[0], ends[1]);
    let verdict = decide(&start(), &twice());
    let found = verdict.double_run().expect("it was found");
    let doubled = found.doubled.as_ref().expect("it has its span");
    let words = format!("RUNS TWICE from {} to {}", doubled.from, doubled.to);
    assert!(texts(&document).contains(&words), "{words}");
}

#[test]
fn nothing_is_red_where_the_judge_found_nothing() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("start", "b", Code::ErrGeneric)
        .done();
    let svg = drawn(&start(), &tale);
    let document = Document::parse(&svg).expect("it is XML");
    assert!(of(&document, "twice").is_empty());
}

#[test]
fn each_incarnation_has_a_row_of_its_own_with_its_name() {
    let svg = drawn(&start(), &twice());
    let document = Document::parse(&svg).expect("it is XML");
    let texts = texts(&document);
    for name in ["node a", "node b", "guest 1 writes", "guest 2 writes"] {
        assert!(texts.iter().any(|text| text == name), "{name}: {texts:?}");
    }
    assert_eq!(
        (of(&document, "w1").len(), of(&document, "w2").len()),
        (1, 1)
    );
}

#[test]
fn a_fault_has_its_line_and_a_killed_run_its_word() {
    let tale = Tale::running_on_a().step(&[0]).told(What::Fault {
        kind: FaultKind::Daemon.into(),
        node: "a".into(),
    });
    let tale = tale
        .run("start", "b", Exit::TimedOut)
        .domain_of(Guest::Subject, "a", None, 0)
        .after(1000)
        .domain("a", DomainState::Paused)
        .done();
    let svg = drawn(&start(), &tale);
    let document = Document::parse(&svg).expect("it is XML");
    assert_eq!(of(&document, "fault-line").len(), 1);
    let texts = texts(&document);
    for text in ["fault: daemon", "start: KILLED at its timeout", "no answer"] {
        assert!(texts.iter().any(|one| one == text), "{text}: {texts:?}");
    }
}

#[test]
fn every_finding_with_a_moment_has_its_number() {
    let svg = drawn(&start(), &twice());
    let document = Document::parse(&svg).expect("it is XML");
    let verdict = decide(&start(), &twice());
    let marked = verdict.findings.iter().filter(|one| one.at.is_some());
    assert_eq!(of(&document, "mark").len(), marked.count());
}

#[test]
fn a_run_that_is_repeated_often_is_one_series() {
    let many = (0..30).fold(Tale::running_on_a().step(&[0]), |tale, _| {
        tale.run("start", "b", Code::ErrGeneric)
    });
    let svg = drawn(&start(), &many.done());
    let document = Document::parse(&svg).expect("it is XML");
    let texts = texts(&document);
    let series = "30 × start: err_generic (1)";
    assert!(texts.iter().any(|one| one == series), "{texts:?}");
}

#[test]
fn a_picture_can_be_read_out_and_runs_no_script() {
    let svg = drawn(&start(), &twice());
    let document = Document::parse(&svg).expect("it is XML");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let named = root.attribute("aria-labelledby").expect("it has a name");
    for id in named.split(' ') {
        assert!(
            document
                .descendants()
                .any(|node| node.attribute("id") == Some(id))
        );
    }
    assert!(
        !document
            .descendants()
            .any(|node| node.tag_name().name() == "script")
    );
    assert_eq!(svg.matches("http").count(), 1, "only its own namespace");
}

/// A cluster that recovers a guest after a stop that failed.
fn in_cluster() -> (CaseSpec, Tale) {
    let spec = case(
        "case: a guest\nclause: [CLU-16]\nlevel: must\nneeds: {nodes: 2, cluster: pacemaker}\nwhen:\n  \
         - cluster: {create: {prefers: a}}\n  - cluster: {move: b}\n",
    );
    let tale = Tale::empty()
        .step(&[0])
        .asked("monitor", "a", Code::NotRunning);
    let tale = tale.asked("monitor", "b", Code::NotRunning);
    let tale = tale.decides(&[("start", Some("vm"), "", "a")]);
    let tale = tale.asked("start", "a", Code::Success).emulator("a", &[10]);
    let tale = tale.domain("a", DomainState::Running).writes("a", 7, 1..9);
    let tale = (0..9).fold(tale, |tale, _| {
        tale.after(900).monitored("a", Code::Success)
    });
    let tale = tale.believes(&["a"]).step(&[1]);
    let tale = tale.decides(&[("migrate", Some("vm"), "a", "b")]);
    let tale = tale.asked("migrate_to", "a", Code::ErrGeneric);
    let tale = tale.decides(&[("recover", Some("vm"), "a", "b")]);
    let tale = tale
        .asked("stop", "a", Code::ErrConfigured)
        .asked("stop", "b", Code::Success);
    let tale = tale.decides(&[("fence", None, "a", ""), ("recover", Some("vm"), "a", "b")]);
    let tale = tale
        .after(600)
        .emulator("a", &[])
        .fenced("a", FenceOutcome::Done);
    let tale = tale.asked("start", "b", Code::Success).emulator("b", &[20]);
    let tale = tale.domain("b", DomainState::Running).writes("b", 8, 1..5);
    let tale = tale
        .monitored("b", Code::Success)
        .monitored("b", Code::ErrGeneric);
    (spec, tale.believes(&["b"]).done())
}

#[test]
fn a_cluster_has_a_row_with_what_it_decided_and_believed_and_a_line_for_a_fencing() {
    let (spec, tale) = in_cluster();
    let svg = drawn(&spec, &tale);
    let document = Document::parse(&svg).expect("it is XML");
    let classes = ["decision", "belief", "fault", "fault-line"];
    assert_eq!(
        classes.map(|class| of(&document, class).len()),
        [4, 2, 1, 1]
    );
    let texts = texts(&document);
    for text in [
        "cluster",
        "cluster's",
        "monitors",
        "migrate vm from a to b",
        "fence a; recover vm from a to b",
        "believes the guest on b",
        "a is fenced (off) for b",
        "monitor: err_generic (1)",
    ] {
        assert!(texts.iter().any(|one| one == text), "{text}: {texts:?}");
    }
    let bars = ["ok", "code", "killed"].map(|class| of(&document, class).len());
    assert_eq!(bars.iter().sum::<usize>(), 18);
}

#[test]
fn a_cluster_is_told_in_the_words_of_the_picture() {
    let (spec, tale) = in_cluster();
    let svg = drawn(&spec, &tale);
    for sentence in [
        "On a: recurring monitors, 9 in number.",
        "Cluster: a decided (pe-input-1.bz2): migrate vm from a to b at ",
        "Cluster: the idle cluster believes the guest on b at ",
    ] {
        assert!(svg.contains(sentence), "{sentence}");
    }
}

#[test]
fn nothing_recorded_is_no_picture() {
    let verdict = decide(&start(), &twice());
    assert!(Picture::of(&History::default(), &verdict).is_none());
}

#[test]
fn every_recorded_history_is_drawn_with_all_its_runs() {
    let suite = Suite::shipped().expect("the suite is sound");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/histories");
    let entries = std::fs::read_dir(folder).expect("it is there").flatten();
    let histories = entries.map(|entry| entry.path());
    let histories = histories.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    for path in histories {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut parts = name.split('.');
        let (id, profile) = (
            parts.next().expect("an id"),
            parts.next().expect("a profile"),
        );
        let of_name = |case: &&crate::case::LoadedCase| case.id.0.replace("::", "-") == id;
        let case = suite.cases.iter().find(of_name).expect("the suite has it");
        let history = History::read(&path).expect("it is a history");
        let facts = AgentFacts::of(&Profile::builtin(profile).expect("it is built in"));
        let verdict = judge(&case.id, &case.spec, &history, &facts);
        let picture = Picture::of(&history, &verdict).expect("something was recorded");
        let svg = picture.alone(&case.spec.case);
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        let began = |what: &What| matches!(what, What::Began(_));
        let runs = history
            .entries
            .iter()
            .filter(|entry| began(&entry.what))
            .count();
        let bars = ["ok", "code", "killed"].map(|class| of(&document, class).len());
        assert_eq!(bars.iter().sum::<usize>(), runs, "{name}");
        let marked = verdict
            .findings
            .iter()
            .filter(|one| one.at.is_some())
            .count();
        assert_eq!(of(&document, "mark").len(), marked, "{name}");
        assert!(svg.len() < 40_000, "{name}: {}", svg.len());
    }
}
