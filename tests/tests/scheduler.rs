//! Pacemaker's scheduler orders what the cases say, and every case catches a faulty one.
//!
//! A faulty scheduler is a file `tests/faulty/schedulers/NAME.sh`: a shell script with a header as a faulty agent has it,
//! `fault` and `caught by`, that changes what the real scheduler reads or writes. In it `@SCHEDULER@` is the path of the
//! real one, and the arguments are `--quiet --xml-file CIB --run --save-graph GRAPH`, or others, which it passes on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use virt_ra_tester::case::{LabKind, LoadedCase, Suite};
use virt_ra_tester::judge::{self, AgentFacts, Severity, Verdict};
use virt_ra_tester::plan::{Header, Profile};
use virt_ra_tester::scheduler::{self, Simulator};

fn cases() -> Vec<LoadedCase> {
    let mut cases = Suite::shipped().expect("the suite is sound").cases;
    cases.retain(|case| case.spec.needs.lab == LabKind::Scheduler);
    cases
}

fn judged(case: &LoadedCase, simulator: Simulator) -> Verdict {
    let profile = Profile::builtin("reference").expect("it is built in");
    let history = scheduler::perform(&case.spec, Ok(simulator), &|_| {});
    judge::judge(&case.id, &case.spec, &history, &AgentFacts::of(&profile))
}

/// A faulty scheduler: its name, its header, and its script.
fn faulty() -> Vec<(String, Header, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("faulty/schedulers");
    let files = fs::read_dir(folder).expect("the folder is there");
    let read = |file: std::io::Result<fs::DirEntry>| {
        let path = file.expect("it can be read").path();
        let script = fs::read_to_string(&path).expect("it can be read");
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        let header = Header::parse(&script).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(header.keys().eq(["fault", "caught by"]), "{name}");
        (name.into_owned(), header, script)
    };
    files.map(read).collect()
}

#[test]
fn this_machines_scheduler_orders_what_every_case_says() {
    if scheduler::lacking().is_some() {
        return;
    }
    for case in cases() {
        let verdict = judged(&case, Simulator::here().expect("it is there"));
        let said = (verdict.severity, verdict.notes.as_slice());
        let found = &verdict.findings;
        assert_eq!(said, (Severity::Pass, &[][..]), "{}: {found:#?}", case.id.0);
    }
}

#[test]
fn a_faulty_scheduler_is_caught_by_every_case_that_it_names_and_no_agent_is_blamed() {
    if scheduler::lacking().is_some() {
        return;
    }
    let real = Simulator::here().expect("it is there");
    let cases = cases();
    let folder = tempfile::tempdir().expect("a folder");
    for (name, header, script) in faulty() {
        let path = folder.path().join(&name);
        let real = real.program().to_str().expect("it is text");
        fs::write(&path, script.replace("@SCHEDULER@", real)).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let wanted = header.cases("caught by");
        for case in &cases {
            if !wanted.iter().any(|it| it.fits(&case.id)) {
                continue;
            }
            let verdict = judged(case, Simulator::at(path.clone()).expect("a folder"));
            let (severity, notes) = (verdict.severity, verdict.notes.len());
            let id = &case.id.0;
            assert!(
                severity != Severity::Pass || notes > 0,
                "{name}: {id} did not catch it"
            );
            assert!(
                [Severity::Pass, Severity::Unknown].contains(&severity),
                "{id}"
            );
        }
    }
}

#[test]
fn every_case_is_proven_by_a_faulty_scheduler() {
    let cases = cases();
    let patterns = faulty().into_iter();
    let patterns: Vec<_> = patterns
        .flat_map(|(_, header, _)| header.cases("caught by"))
        .collect();
    for pattern in &patterns {
        let fits = cases.iter().any(|case| pattern.fits(&case.id));
        assert!(fits, "no case has the id {}", pattern.as_str());
    }
    let unproven = cases.iter().map(|case| &case.id);
    let unproven: Vec<_> = unproven
        .filter(|id| !patterns.iter().any(|it| it.fits(id)))
        .collect();
    assert!(
        unproven.is_empty(),
        "no faulty scheduler proves {unproven:#?}"
    );
}
