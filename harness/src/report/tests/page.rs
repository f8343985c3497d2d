//! `report.html`, read as XML, and what is read back from a folder of results.

use std::fs;

use roxmltree::{Document, ParsingOptions};

use super::{CASE, ended, events, told};
use crate::case::{CaseId, Suite};
use crate::history::{Exit, What};
use crate::judge::tests::tale::{End, Tale};
use crate::judge::tests::{case, decide};
use crate::judge::{Severity, Verdict};
use crate::ocf::Code;
use crate::report::{CaseEnd, Event, Html, Reporter, Results, RunStart, replay};

const HOSTILE: &str = "<script>alert(1)\u{1b}[31m & ]]> \"quoted\"";

/// The page of a run with these events, in which the case `stop::fails` has this history.
fn page(events: &[Event], tale: &Tale) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    let id = CaseId("stop::fails".to_owned());
    results.begin_case(&id).expect("it can be made");
    results
        .keep_history(&id, &tale.history())
        .expect("it can be written");
    let suite = Suite::shipped().expect("the suite is sound");
    let mut html = Html::new(results.clone(), suite);
    for event in events {
        html.event(event).expect("it takes note");
    }
    html.finish().expect("it can be written");
    fs::read_to_string(results.folder().join("report.html")).expect("it is there")
}

fn parse(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).expect("it is well-formed")
}

fn texts(document: &Document<'_>, tag: &str) -> Vec<String> {
    let all = document.descendants();
    let all = all.filter(|node| node.tag_name().name() == tag);
    all.map(|node| {
        let inner = node.descendants().filter(|inner| inner.is_text());
        inner.filter_map(|inner| inner.text()).collect()
    })
    .collect()
}

/// A run of one case that failed, whose agent says all it can to break the page.
fn hostile() -> (Vec<Event>, Tale) {
    let end = End {
        reason: Some(HOSTILE),
        stderr: HOSTILE,
        ..End::from(Exit::Code(Code::ErrGeneric))
    };
    let tale = Tale::running_on_a().step(&[0]).begins("stop", "a");
    let tale = tale.ends(1, end).done();
    let mut verdict: Verdict = decide(&case(CASE), &tale);
    verdict.case = CaseId("stop::fails".to_owned());
    let start = RunStart {
        total: 1,
        agent: format!("/tmp/{HOSTILE}"),
        again: format!("virt-ra-tester run --agent '/tmp/{HOSTILE}'"),
        ..RunStart::default()
    };
    let end = CaseEnd {
        verdict,
        diagnosis: None,
        known: None,
        mended: false,
    };
    let events = vec![
        Event::RunStarted(start),
        Event::CaseEnded(Box::new(end)),
        Event::RunEnded {
            took: 1000,
            preparing: 0,
            processor: 0,
            results: None,
            ended: None,
        },
    ];
    (events, tale)
}

#[test]
fn whatever_an_agent_prints_and_is_called_stays_text() {
    let (events, tale) = hostile();
    let page = page(&events, &tale);
    let document = parse(&page);
    let all = document.descendants().map(|node| node.tag_name().name());
    assert_eq!(all.filter(|name| *name == "script").count(), 0);
    let shown = "<script>alert(1)\u{241b}[31m & ]]> \"quoted\"";
    let holds = |tag: &str| {
        texts(&document, tag)
            .iter()
            .any(|text| text.contains(shown))
    };
    assert!(holds("h1"), "the agent's path");
    assert!(holds("pre"), "its stderr");
    assert!(holds("strong"), "its reason");
    assert!(!page.contains("<script"));
}

#[test]
fn the_page_says_what_the_console_says_and_leaves_no_case_out() {
    let page = page(&events(), &told());
    let document = parse(&page);
    let sentence = "ocf:heartbeat:VirtualDomain does not conform: 1 case failed.";
    assert_eq!(texts(&document, "h1"), [sentence]);
    let titles = texts(&document, "h2");
    assert_eq!(
        titles,
        [
            "Found 1",
            "Failed 1",
            "Unknown 1",
            "Warned 1",
            "Known deviations 1",
            "Passed 1",
            "Skipped 2"
        ]
    );
    let open = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("case") && node.attribute("open").is_some());
    assert_eq!(open.count(), 1, "what is about the guest's safety is open");
    for link in document
        .descendants()
        .filter_map(|node| node.attribute("href"))
    {
        let id = link.strip_prefix('#').expect("no link leaves the page");
        assert!(
            document
                .descendants()
                .any(|node| node.attribute("id") == Some(id)),
            "{id}"
        );
    }
}

#[test]
fn the_page_loads_nothing() {
    let page = page(&events(), &told());
    for word in [
        "<script", "<link", "<img", "<iframe", "@import", "url(http", "src=",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    let http: Vec<_> = page.match_indices("http").collect();
    assert_eq!(http.len(), 1, "only the name of its own syntax");
}

#[test]
fn a_run_is_read_back_from_its_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.jsonl");
    let lines: Vec<_> = events()
        .iter()
        .map(|event| serde_json::to_string(event).expect("it can be written") + "\n")
        .collect();
    let replayed = |text: &str| {
        fs::write(&path, text).expect("it can be written");
        replay(folder.path())
    };
    let whole = replayed(&lines.concat()).expect("it is a run");
    assert_eq!(format!("{whole:?}"), format!("{:?}", events()));
    // The harness died while it wrote the second line.
    let cut = replayed(&format!("{}{}", lines[0], &lines[1][..9])).expect("it is a run");
    assert!(matches!(
        cut[..],
        [Event::RunStarted(_), Event::Interrupted]
    ));
    let broken = replayed(&format!("{}{{}}\n", lines[0])).expect_err("that is no event");
    assert!(
        broken.to_string().contains("line 2 is no event"),
        "{broken}"
    );
    let other = replayed(&lines[1]).expect_err("that is no beginning");
    assert!(other.to_string().contains("beginning of a run"), "{other}");
}

#[test]
fn a_history_that_cannot_be_read_is_told_with_its_line() {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    let id = CaseId("stop::fails".to_owned());
    let folder = results.begin_case(&id).expect("it can be made");
    let torn = "{\"format\":2}\n{torn\n";
    fs::write(folder.join("history.jsonl"), torn).expect("it can be written");
    let mut html = Html::new(results.clone(), Suite::default());
    for event in events() {
        html.event(&event).expect("it takes note");
    }
    html.finish().expect("it can be written");
    let page = fs::read_to_string(results.folder().join("report.html")).expect("it is there");
    let all = texts(&parse(&page), "p");
    let told = |text: &String| text.contains("cannot be read") && text.contains("history.jsonl:2:");
    assert!(all.iter().any(told), "{all:?}");
}

#[test]
fn a_case_without_a_history_is_told_without_a_picture() {
    let mut run = events();
    let end = ended("start::no-lab", Severity::Unknown);
    run.insert(1, Event::CaseEnded(Box::new(end)));
    let tale = Tale::default().told(What::Done);
    let page = page(&run, &tale);
    assert!(
        texts(&parse(&page), "summary")
            .iter()
            .any(|text| text.contains("start::no-lab"))
    );
}
