//! The book's reference of YAML files is made from the types.

use std::path::Path;

use conformance_tests::reference::chapter;
use serde_json::Value;
use virt_ra_tester::case;
use virt_ra_tester::plan::{Baseline, Profile};

const HEAD: &str =
    "<!-- Made from the types by `BLESS=1 cargo test -p conformance-tests --test reference`. -->\n";

/// Compares a page of the book with what the types say; `BLESS=1` writes it anew.
fn is_what_the_types_say(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/src")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("it can be written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == text,
        "docs/src/{name} is not what the types say any more; write it anew with\n\
         BLESS=1 cargo test -p conformance-tests --test reference"
    );
}

fn page(title: &str, about: &str, chapters: &[(&str, Value)]) -> String {
    let chapters: Vec<_> = chapters
        .iter()
        .map(|(heading, schema)| chapter(heading, schema))
        .collect();
    format!("{HEAD}\n# {title}\n\n{about}\n\n{}", chapters.join("\n"))
}

#[test]
fn the_reference_of_cases_is_made_from_the_model() {
    let about = "Every key of a case file. [Write a case](cases.md) shows how they go together. In a file with a \
                 `table`, `${column}` may stand for any word, number or list.";
    let text = page("The case language", about, &[("The case", case::schema())]);
    is_what_the_types_say("case-language.md", &text);
}

#[test]
fn the_reference_of_profiles_is_made_from_the_model() {
    let about = "Every key of a profile and of a baseline. [Write a profile](profiles.md) shows how they go together.";
    let chapters = [
        ("A profile", Profile::schema()),
        ("A baseline", Baseline::schema()),
    ];
    let text = page("Profiles and baselines", about, &chapters);
    is_what_the_types_say("profile-language.md", &text);
}
