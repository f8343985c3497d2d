//! The conformance report on the histories that were recorded of the stock agent.
//!
//! `recorded.conformance.yaml` is what `run` would write of them. After a change that is meant, `BLESS=1` writes it anew.

use std::fs;
use std::path::Path;

use conformance_tests::shown::recorded;
use virt_ra_tester::case::{LoadedCase, Suite};
use virt_ra_tester::judge::{AgentFacts, judge};
use virt_ra_tester::plan::Profile;
use virt_ra_tester::report::{
    CaseEnd, ConformanceReport, Event, Identity, RunStart, Subject, Summary, Tool,
};

/// What the report is compared with.
const EXPECTED: &str = "recorded.conformance.yaml";

/// The cases that histories of the stock agent were recorded of: a report on them says nothing of the rest.
fn suite() -> Suite {
    let shipped = Suite::shipped().expect("the suite is sound");
    let cases = shipped.cases.into_iter();
    Suite {
        cases: cases.filter(|case| recorded(case).is_some()).collect(),
        digest: "00".repeat(32),
        ..shipped
    }
}

fn start(suite: &Suite) -> Event {
    let identity = Identity {
        began: "2026-11-30T03:14:00+00:00".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
        },
        subject: Subject {
            name: "VirtualDomain".to_owned(),
            package: Some("resource-agents 1:4.12.0-2".to_owned()),
            ..Subject::default()
        },
        ..Identity::default()
    };
    Event::RunStarted(RunStart {
        total: suite.cases.len(),
        agent: "ocf:heartbeat:VirtualDomain".to_owned(),
        profile: "virtualdomain".to_owned(),
        again: "virt-ra-tester run --agent ocf:heartbeat:VirtualDomain".to_owned(),
        identity: Box::new(identity),
        ..RunStart::default()
    })
}

fn ended(case: &LoadedCase, facts: &AgentFacts) -> Event {
    let history = recorded(case).expect("it was recorded");
    Event::CaseEnded(Box::new(CaseEnd {
        verdict: judge(&case.id, &case.spec, &history, facts),
        diagnosis: None,
        known: None,
        mended: false,
    }))
}

#[test]
fn the_report_on_recorded_histories_is_as_it_was() {
    let suite = suite();
    let facts = AgentFacts::of(&Profile::builtin("virtualdomain").expect("it is built in"));
    let mut summary = Summary::default();
    summary.note(&start(&suite));
    for case in &suite.cases {
        summary.note(&ended(case, &facts));
    }
    let report = ConformanceReport::of(&summary, &suite).expect("it is about the suite");
    let now = report.yaml().expect("it can be written");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXPECTED);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &now).expect("it can be written");
    }
    let then = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(now, then);
}
