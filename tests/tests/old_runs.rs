//! `results prune` removes old runs and nothing else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use conformance_tests::program::virt_ra_tester;
use conformance_tests::refusal::check;

const OLD: &str = "2026-11-01T00-00-00";
const BUSY: &str = "2026-11-02T00-00-00";
const NEWER: &str = "2026-11-03T00-00-00";
const NEWEST: &str = "2026-11-03T00-00-00.2";

fn make(root: &Path, name: &str, files: &[&str]) {
    let folder = root.join(name);
    fs::create_dir_all(folder.join("cases")).expect("it can be made");
    for file in files {
        fs::write(folder.join(file), "").expect("it can be written");
    }
}

/// Results with four runs, of which the second goes on as long as the file is open, and much that is none.
fn results() -> (tempfile::TempDir, fs::File) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("results");
    for run in [OLD, BUSY, NEWER, NEWEST] {
        make(&root, run, &["run.json", "events.jsonl", "debug.log"]);
    }
    let log = fs::File::open(root.join(BUSY).join("debug.log")).expect("it is there");
    log.lock().expect("nobody else has it");
    make(&root, "mine", &["run.json"]);
    make(&root, "2026-10-01T00-00-00", &["notes"]);
    fs::create_dir(root.join("2026-10-02T00-00-00")).expect("it can be made");
    fs::write(root.join("2026-10-03T00-00-00"), "").expect("it can be written");
    make(folder.path(), "elsewhere", &["run.json"]);
    symlink("../elsewhere", root.join("2026-10-04T00-00-00")).expect("it can be made");
    symlink(NEWEST, root.join("latest")).expect("it can be made");
    (folder, log)
}

#[test]
fn old_runs_go_and_what_is_none_stays() {
    let (folder, _busy) = results();
    let prune = |arguments: &[&str]| {
        let said = virt_ra_tester(folder.path(), &[&["results", "prune"], arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        said.out
    };
    let is_there = |name: &str| folder.path().join("results").join(name).exists();
    let planned = prune(&["--keep=2", "--dry-run"]);
    assert_eq!(
        planned,
        format!("results/{OLD}\n1 would be removed, 3 left in results\n")
    );
    assert!(is_there(OLD));
    assert_eq!(
        prune(&["--keep=2"]),
        format!("results/{OLD}\n1 removed, 3 left in results\n")
    );
    assert!(!is_there(OLD) && is_there(NEWER) && is_there("latest"));
    assert!(prune(&["--keep=0"]).ends_with("2 removed, 1 left in results\n"));
    assert!(is_there(BUSY), "a run that goes on was removed");
    for foreign in [
        "mine",
        "2026-10-01T00-00-00",
        "2026-10-02T00-00-00",
        "2026-10-03T00-00-00",
        "2026-10-04T00-00-00",
        "../elsewhere/run.json",
    ] {
        assert!(is_there(foreign), "{foreign}");
    }
    assert!(!folder.path().join("results/latest").is_symlink());
}

#[test]
fn a_folder_that_is_not_there_has_no_results() {
    check(
        &["results", "prune", "--report=nowhere"],
        2,
        "virt-ra-tester: cannot read nowhere: No such file or directory (os error 2); name the folder of the results \
         with --report DIR",
    );
}
