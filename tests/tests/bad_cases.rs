//! Every bad file in `tests/bad-cases` is refused with the very message that stands beside it.
//!
//! Files named `clauses-*` are registers, `profile-*` profiles, all others cases.
//! `BLESS=1 cargo test -p conformance-tests --test bad_cases` writes the messages anew: read them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use virt_ra_tester::case::{self, Register};
use virt_ra_tester::plan::Profile;

/// The clauses that bad cases name.
const REGISTER: &str = "
STOP-06: {text: stop of a stopped guest succeeds, level: must, origin: standard, source: OCF, tier: T2, profile: core}
MIG-02: {text: a migration is all or nothing, level: must, origin: safety, source: own, tier: T3, profile: core}
META-01: {text: one well-formed document, level: must, origin: standard, source: OCF, tier: T0, profile: core}
";

fn bad_cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bad-cases");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    files
}

/// What is wrong with the file, or nothing.
fn errors(file: &Path) -> Vec<Box<dyn Diagnostic>> {
    let name = file
        .file_name()
        .expect("it has a name")
        .to_string_lossy()
        .into_owned();
    let text = fs::read_to_string(file).expect("it can be read");
    let shown = Path::new(&name);
    if name.starts_with("clauses-") {
        let error = Register::parse(shown, &text).err();
        return error
            .into_iter()
            .map(|error| Box::new(error) as Box<dyn Diagnostic>)
            .collect();
    }
    if name.starts_with("profile-") {
        let error = Profile::parse(shown, &text).err();
        return error
            .into_iter()
            .map(|error| Box::new(error) as Box<dyn Diagnostic>)
            .collect();
    }
    let register = Register::parse(Path::new("clauses.yaml"), REGISTER).expect("it is good");
    let errors = case::load_text(shown, &text, Some(&register))
        .err()
        .unwrap_or_default();
    errors
        .into_iter()
        .map(|error| Box::new(error) as Box<dyn Diagnostic>)
        .collect()
}

/// The message as it is printed, without colours.
fn rendered(errors: &[Box<dyn Diagnostic>]) -> String {
    let theme = GraphicalTheme::unicode_nocolor();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(100)
        .with_links(false);
    let mut text = String::new();
    for error in errors {
        handler
            .render_report(&mut text, error.as_ref())
            .expect("a string takes everything");
    }
    let lines = text.lines().map(str::trim_end);
    lines.fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{line}");
        all
    })
}

#[test]
fn every_bad_file_is_refused_with_the_message_beside_it() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut differing = String::new();
    for file in bad_cases() {
        let message = rendered(&errors(&file));
        assert!(!message.is_empty(), "{} was accepted", file.display());
        let beside = file.with_extension("err");
        if bless {
            fs::write(&beside, &message).expect("it can be written");
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if expected != message {
            let name = file.display();
            let _ = writeln!(
                differing,
                "{name}\nEXPECTED:\n{expected}\nACTUAL:\n{message}"
            );
        }
    }
    assert!(
        differing.is_empty(),
        "{differing}\nif these are meant so, run again with BLESS=1"
    );
}

#[test]
fn every_message_points_at_a_place_and_says_how_to_mend_it() {
    for file in bad_cases() {
        for error in errors(&file) {
            let name = file.display();
            assert!(
                error
                    .labels()
                    .is_some_and(|mut labels| labels.next().is_some()),
                "{name}"
            );
            assert!(error.help().is_some(), "{name} has no help: {error}");
        }
    }
}

#[test]
fn every_file_of_the_folder_is_a_bad_file_or_the_message_of_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bad-cases");
    let bad = bad_cases();
    let messages = bad.iter().map(|file| file.with_extension("err"));
    let expected: BTreeSet<PathBuf> = messages.chain(bad.iter().cloned()).collect();
    let entries = fs::read_dir(folder).expect("the folder is there");
    let found = entries.map(|entry| entry.expect("it can be read").path());
    assert_eq!(found.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn there_are_bad_cases_profiles_and_registers() {
    let bad = bad_cases();
    let count = |kind: &str| {
        let names = bad.iter().filter_map(|file| file.file_name()?.to_str());
        names.filter(|name| name.starts_with(kind)).count()
    };
    for kind in ["clauses-", "profile-"] {
        assert_ne!(count(kind), 0, "{kind}");
    }
    assert_ne!(count("clauses-") + count("profile-"), bad.len());
}
