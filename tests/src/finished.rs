//! Runs that are over, written without any lab.

use std::fs;
use std::path::Path;

use virt_ra_tester::case::{CaseId, ClauseId};
use virt_ra_tester::judge::{Finding, Origin, Severity, Verdict};
use virt_ra_tester::report::{
    CaseEnd, Event, EventLog, Identity, Reporter, Results, RunFile, RunStart, RunWriter, Summary,
};

use crate::refusal::folder;

/// The folder `run` of a run that is over, with a history as `version` writes it from the recorded one.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn finished_run(version: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = folder();
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("histories/start-twice-at-once.virtualdomain.history.jsonl");
    let recorded = fs::read_to_string(recorded).expect("it is there");
    let verdict = r#"{"case":"start::twice-at-once","severity":"pass","findings":[],"notes":[],"took":1,"in_agent":1}"#;
    let started = r#"{"event":"run_started","total":1,"agent":"x","profile":"virtualdomain","lab":"1 local lab","versions":{},"skipped":[],"again":""}"#;
    let ended = format!(r#"{{"event":"case_ended","verdict":{verdict},"mended":false}}"#);
    let over = r#"{"event":"run_ended","took":1,"results":null}"#;
    let files = [
        (
            "cases/start-twice-at-once/history.jsonl",
            version(&recorded),
        ),
        ("cases/start-twice-at-once/verdict.json", verdict.to_owned()),
        ("events.jsonl", format!("{started}\n{ended}\n{over}\n")),
        ("run.json", run_file()),
    ];
    for (name, text) in files {
        let file = folder.path().join("run").join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it can be made");
        fs::write(file, text).expect("it can be written");
    }
    folder
}

/// What `run.json` has of a run that says no more of itself.
fn run_file() -> String {
    let file = RunFile {
        agent: "x".to_owned(),
        profile: "virtualdomain".to_owned(),
        ..RunFile::of(&Summary::default())
    };
    serde_json::to_string(&file).expect("it is plain data")
}

/// The beginning of a run of an agent in version 1.0.
#[must_use]
pub fn start() -> RunStart {
    let mut identity = Identity {
        began: "2026-11-30T03:14:00+00:00".to_owned(),
        ..Identity::default()
    };
    identity.subject.name = "VirtualDomain".to_owned();
    identity.subject.version = Some("1.0".to_owned());
    identity.digests.suite = "s".to_owned();
    identity.host.accelerator = "tcg".to_owned();
    identity.chosen.total = 3;
    RunStart {
        agent: "ocf:heartbeat:VirtualDomain".to_owned(),
        profile: "virtualdomain".to_owned(),
        lab: "1 local lab".to_owned(),
        identity: Box::new(identity),
        ..RunStart::default()
    }
}

/// A case that came to that.
#[must_use]
pub fn ended(id: &str, severity: Severity) -> CaseEnd {
    let finding = || Finding {
        clauses: vec![ClauseId("STOP-01".to_owned())],
        ..Finding::new(
            severity,
            Origin::Then(0),
            "invariant 2",
            "nothing",
            "a process",
        )
    };
    let findings = match severity {
        Severity::Pass => Vec::new(),
        _ => vec![finding()],
    };
    CaseEnd {
        verdict: Verdict::of(CaseId(id.to_owned()), findings, Vec::new()),
        diagnosis: None,
        known: None,
        mended: false,
    }
}

/// Writes the results of a run that is over into a folder, without histories.
///
/// # Panics
/// When they cannot be written.
pub fn write_run(folder: &Path, start: RunStart, ends: Vec<CaseEnd>) {
    let (root, name) = (folder.parent(), folder.file_name());
    let name = name.and_then(|name| name.to_str()).expect("it has a name");
    let results = Results::named(root.expect("it lies somewhere"), name).expect("it is new");
    for end in &ends {
        let begun = results.begin_case(&end.verdict.case);
        begun.expect("it can be made");
        results
            .keep_verdict(&end.verdict)
            .expect("it can be written");
    }
    let start = RunStart {
        total: ends.len(),
        ..start
    };
    let over = Event::RunEnded {
        took: 1000,
        preparing: 0,
        processor: 0,
        results: None,
        ended: Some("2026-11-30T03:15:00+00:00".to_owned()),
    };
    let ends = ends.into_iter().map(|end| Event::CaseEnded(Box::new(end)));
    let events = [Event::RunStarted(start)]
        .into_iter()
        .chain(ends)
        .chain([over]);
    let mut log = EventLog::create(&results).expect("it can be made");
    let mut file = RunWriter::new(results.clone());
    for event in events {
        log.event(&event).expect("it can be written");
        file.event(&event).expect("it can be written");
    }
    file.finish().expect("it can be written");
}
