//! Every sentence that users read, as snapshots.

mod causes;
mod conformance;
mod for_ci;
mod page;

use std::collections::BTreeMap;
use std::io;

use anstream::{AutoStream, ColorChoice, StripStream};

use super::{
    CaseEnd, Chosen, Console, Demand, Diagnosis, Digests, Event, EventLog, Host, Identity,
    Reporter, Results, RunFile, RunStart, RunWriter, Skip, SkippedCounts, SourceLine, Subject,
    Summary, Tool, coverage, lines, read_run_file, replay,
};
use crate::case::{CaseId, ClauseId};
use crate::history::{DomainState, Exit, Guest};
use crate::judge::tests::tale::{End, Tale};
use crate::judge::tests::{case, decide};
use crate::judge::{Finding, Invariant, Origin, Severity, Verdict};
use crate::ocf::{Code, Verb};
use crate::plan::{AgentLack, SkipReason};

const CASE: &str = "case: stop of a running guest leaves nothing\nclause: [STOP-01]\nlevel: must\n\
                    when:\n  - run: {action: stop, node: a, returns: success}\n";

fn told() -> Tale {
    let end = End {
        took: 1100,
        reason: Some("environment is invalid, resource considered stopped"),
        stderr: "ERROR: Config file /etc/subject.xml is not readable\nocf-exit-reason:environment \
                 is invalid, resource considered stopped\n",
        ..End::from(Code::Success)
    };
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("stop", "a")
        .writes("a", 7, 4..9);
    tale.ends(1, end)
        .emulator("a", &[10])
        .domain("a", DomainState::Running)
        .after(2000)
        .done()
}

fn demand(id: &ClauseId) -> Option<Demand> {
    (id.0 == "STOP-01").then(|| Demand {
        text: "after a successful stop no emulator of the guest is on the node".to_owned(),
        source: "OCF 1.1, stop".to_owned(),
    })
}

fn locate(place: &str) -> Option<SourceLine> {
    place.starts_with("when[0]").then(|| SourceLine {
        file: "cases/stop/running.yaml".to_owned(),
        line: 5,
        text: "  - run: {action: stop, node: a, returns: success}".to_owned(),
    })
}

fn diagnosis(tale: &Tale, verdict: &Verdict) -> String {
    let diagnosis = Diagnosis {
        verdict,
        sentence: "stop of a running guest leaves nothing",
        history: &tale.history(),
        demand: &demand,
        locate: &locate,
        again: "virt-ra-tester run --exact area::case",
    };
    diagnosis.text()
}

#[test]
fn a_breach_is_told_with_its_demand_evidence_and_timeline() {
    let verdict = decide(&case(CASE), &told());
    insta::assert_snapshot!(diagnosis(&told(), &verdict));
}

#[test]
fn a_wrong_answer_is_told_with_its_line_in_the_case_file() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .run("stop", "a", Exit::TimedOut)
        .done();
    let verdict = decide(&case(CASE), &tale);
    insta::assert_snapshot!(diagnosis(&tale, &verdict));
}

#[test]
fn a_timeline_reads_like_a_story() {
    let tale = Tale::running_on_a()
        .step(&[0])
        .begins("migrate_to", "a")
        .emulator("b", &[20]);
    let tale = tale.domain_of(Guest::Subject, "b", Some(DomainState::Paused), 2);
    let tale = tale
        .writes("a", 7, 4..9)
        .ends(1, Exit::Killed)
        .config("a", "0123456789");
    let tale = tale
        .domain_of(Guest::Subject, "a", None, 0)
        .trouble("the node is gone");
    let told: Vec<_> = lines(&tale.history().entries)
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

fn ended(id: &str, severity: Severity) -> CaseEnd {
    let origin = Origin::Invariant(Invariant::StopLeavesNothing);
    let expected = "no instance <after> stop";
    let finding = Finding {
        clauses: vec![ClauseId("STOP-01".to_owned())],
        ..Finding::new(severity, origin, "invariant 2", expected, "process 10")
    };
    let findings = if severity == Severity::Pass {
        Vec::new()
    } else {
        vec![finding]
    };
    let bad = !findings.is_empty();
    let mut verdict = Verdict::of(CaseId(id.to_owned()), findings, Vec::new());
    verdict.took = 1234;
    let diagnosis = bad.then(|| format!("{severity:?} {id}\n  all about it\n"));
    CaseEnd {
        verdict,
        diagnosis,
        known: None,
        mended: false,
    }
}

fn start() -> RunStart {
    let skip = |id: &str, action: &str| {
        let why = SkipReason::Agent(AgentLack::Action(Verb::from(action)));
        Skip::new(CaseId(id.to_owned()), why)
    };
    RunStart {
        total: 5,
        agent: "ocf:heartbeat:VirtualDomain".to_owned(),
        package: None,
        profile: "virtualdomain".to_owned(),
        lab: "2 local labs".to_owned(),
        versions: BTreeMap::from([("libvirt".to_owned(), "11.3.0".to_owned())]),
        skipped: vec![
            skip("metadata::x", "reload-agent"),
            skip("metadata::y", "reload-agent"),
        ],
        again: "virt-ra-tester run --agent ocf:heartbeat:VirtualDomain".to_owned(),
        seed: None,
        identity: Box::new(identity()),
    }
}

fn identity() -> Identity {
    Identity {
        began: "2026-11-21T05:00:00+01:00".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
        },
        host: Host {
            distribution: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            kernel: "6.1.0-18-amd64".to_owned(),
            architecture: "x86_64".to_owned(),
            accelerator: "kvm".to_owned(),
            hostname: "builder".to_owned(),
            cpus: 2,
        },
        subject: Subject {
            name: "VirtualDomain".to_owned(),
            version: Some("1.1".to_owned()),
            package: Some("resource-agents 1:4.12.0-2".to_owned()),
            sha256: Some("ab".repeat(32)),
        },
        digests: Digests {
            suite: "cd".repeat(32),
            profile: "ef".repeat(32),
            baseline: None,
        },
        chosen: Chosen {
            total: 9,
            run: 5,
            skipped: SkippedCounts {
                agent_lacks: 2,
                machine_lacks: 0,
                filtered: 2,
            },
        },
        partition: None,
        filters: vec!["st".to_owned()],
    }
}

fn events() -> Vec<Event> {
    let known = CaseEnd {
        known: Some("upstream issue 856".to_owned()),
        ..ended("stop::known", Severity::Fail)
    };
    let mut passed = ended("start::mended", Severity::Pass);
    passed
        .verdict
        .notes
        .push("monitor on a: OCF_SUCCESS (0)".to_owned());
    let mended = CaseEnd {
        mended: true,
        ..passed
    };
    let ends = [
        ended("stop::fails", Severity::Fail),
        ended("start::warns", Severity::Warn),
        ended("start::broken-lab", Severity::Unknown),
        known,
        mended,
    ];
    let cases = ends.into_iter().flat_map(|end| {
        let id = end.verdict.case.clone();
        let step = Event::StepBegan {
            id: id.clone(),
            text: "stop on a".to_owned(),
        };
        [
            Event::CaseStarted { id },
            step,
            Event::CaseEnded(Box::new(end)),
        ]
    });
    let end = Event::RunEnded {
        took: 65_432,
        preparing: 4_321,
        processor: 0,
        results: Some("results/2026-11-21T05-00-00".to_owned()),
        ended: Some("2026-11-21T05:01:05+01:00".to_owned()),
    };
    std::iter::once(Event::RunStarted(start()))
        .chain(cases)
        .chain([end])
        .collect()
}

fn report(mut reporter: impl Reporter) -> io::Result<()> {
    for event in events() {
        reporter.event(&event)?;
    }
    reporter.finish()
}

#[test]
fn without_a_terminal_every_case_is_a_line_and_the_end_says_what_to_do() {
    let mut out = Vec::new();
    report(Console::plain(StripStream::new(&mut out))).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8_lossy(&out));
}

#[test]
fn on_a_terminal_the_severity_of_a_case_has_its_colour_and_nothing_else_changes() {
    let console = |choice| {
        let mut out = Vec::new();
        report(Console::plain(AutoStream::new(&mut out, choice))).expect("memory can be written");
        String::from_utf8(out).expect("it is text")
    };
    let coloured = console(ColorChoice::Always);
    assert!(
        coloured.contains("\u{1b}[31mfail   \u{1b}[0m  stop::fails"),
        "{coloured}"
    );
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(plain, console(ColorChoice::Never));
}

#[test]
fn events_that_lack_cases_of_the_run_are_refused() {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    report(EventLog::create(&results).expect("it can be made")).expect("it can be written");
    report(RunWriter::new(results.clone())).expect("it can be written");
    assert!(replay(results.folder()).is_ok());
    let log = results.folder().join("events.jsonl");
    let text = std::fs::read_to_string(&log).expect("it is there");
    std::fs::write(&log, &text[..text.len() / 2]).expect("it can be written");
    let error = replay(results.folder()).expect_err("it is refused");
    assert!(
        error
            .to_string()
            .contains("events.jsonl: it is truncated: it has "),
        "{error}"
    );
}

#[test]
fn results_hold_the_run_its_events_and_its_cases() {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    report(RunWriter::new(results.clone())).expect("it can be written");
    report(EventLog::create(&results).expect("it can be made")).expect("it can be written");
    let id = CaseId("stop::fails::row".to_owned());
    results.begin_case(&id).expect("it can be made");
    results
        .keep_history(&id, &told().history())
        .expect("it can be written");
    results
        .keep_verdict(&ended(&id.0, Severity::Fail).verdict)
        .expect("it can be written");
    let latest = root.path().join("latest");
    for name in ["started", "history.jsonl.gz", "verdict.json"] {
        assert!(
            latest.join("cases/stop-fails-row").join(name).exists(),
            "{name}"
        );
    }
    let events = std::fs::read_to_string(latest.join("events.jsonl")).expect("it is there");
    assert_eq!(events.lines().count(), 17);
    let run = std::fs::read_to_string(latest.join("run.json")).expect("it is there");
    insta::assert_snapshot!(run);
}

#[test]
fn a_run_is_read_back_as_it_was_written_and_another_format_is_refused() {
    let root = tempfile::tempdir().expect("a folder");
    let results = Results::named(root.path(), "one").expect("it can be made");
    report(RunWriter::new(results.clone())).expect("it can be written");
    let mut summary = Summary::default();
    events().iter().for_each(|event| summary.note(event));
    let read = read_run_file(results.folder()).expect("it can be read");
    assert_eq!(read, RunFile::of(&summary));
    let refusal = |text: &[u8]| {
        results.write("run.json", text).expect("it can be written");
        let error = read_run_file(results.folder()).expect_err("it is refused");
        error
            .to_string()
            .replace(&root.path().display().to_string(), "ROOT")
    };
    let told = [
        &b"{\"format\": 2}"[..],
        b"{\"agent\": \"x\"}",
        b"{\"format\": 1, \"ag",
    ]
    .map(refusal);
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn results_that_cannot_be_written_say_where_why_and_what_to_do() {
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("file");
    std::fs::write(&file, "").expect("it can be written");
    let error = Results::named(&file, "one")
        .expect_err("a file is no folder")
        .to_string();
    let error = error.replace(&root.path().display().to_string(), "ROOT");
    insta::assert_snapshot!(error);
}

#[test]
fn a_run_that_does_not_come_about_leaves_the_last_one() {
    let root = tempfile::tempdir().expect("a folder");
    Results::named(root.path(), "one").expect("it can be made");
    let again = Results::named(root.path(), "one").expect_err("it is there");
    assert_eq!(again.source.kind(), io::ErrorKind::AlreadyExists);
    let two = Results::named(root.path(), "two").expect("it can be made");
    two.withdraw();
    let latest = std::fs::read_link(root.path().join("latest")).expect("it is there");
    assert_eq!(latest, std::path::Path::new("one"));
    assert!(root.path().join("one/cases").exists() && !root.path().join("two").exists());
}

#[test]
fn coverage_names_the_cases_of_a_clause_or_its_tier() {
    let clauses = [
        ClauseId("STOP-01".to_owned()),
        ClauseId("CLU-01".to_owned()),
        ClauseId("DBL-01".to_owned()),
    ];
    let id = CaseId("stop::x".to_owned());
    let tiers = clauses.iter().map(|clause| (clause, "T5".to_owned()));
    let covered = coverage(tiers, [(&id, &clauses[..1])], &["DBL-01"].into());
    let told: Vec<_> = covered.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}
