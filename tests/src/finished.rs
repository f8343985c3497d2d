//! Runs that are over, written without any lab.

use std::fs;
use std::path::Path;

use virt_ra_tester::report::{RunFile, Summary};

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
