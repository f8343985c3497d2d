//! What the pages name: cases, clauses and files of the repository.

use std::collections::BTreeSet;
use std::fs;

use conformance_tests::book::{fits, is_clause, pages, root, variants};
use conformance_tests::program::virt_ra_tester;
use conformance_tests::shown;
use virt_ra_tester::case::Suite;

use super::{none, own_pages};

#[test]
fn every_case_and_clause_that_a_page_names_is_in_the_suite() {
    let suite = Suite::shipped().expect("the suite is sound");
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.0.as_str()).collect();
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| id.split("::").next()).collect();
    let own: BTreeSet<String> = shown_cases();
    let is_case = |pattern: &str| {
        own.contains(pattern)
            || variants(pattern)
                .iter()
                .all(|one| ids.iter().any(|id| fits(one, id)))
    };
    let mut wrong = Vec::new();
    for page in own_pages() {
        for code in page.code() {
            let area = code.split_once("::").map(|(area, _)| area);
            if area.is_some_and(|area| areas.contains(area)) && !is_case(&code) {
                wrong.push(format!("{}: {code}", page.path.display()));
            }
        }
        let words = page
            .text
            .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
        let clauses: BTreeSet<&str> = words.filter(|word| is_clause(word)).collect();
        let known = |id: &str| suite.register.clauses.keys().any(|clause| clause.0 == id);
        wrong.extend(
            clauses
                .iter()
                .filter(|id| !known(id))
                .map(|id| format!("{}: {id}", page.path.display())),
        );
    }
    none(wrong);
}

/// The ids of the cases that the pages themselves show.
fn shown_cases() -> BTreeSet<String> {
    let sandbox = shown::folder(&pages());
    let said = virt_ra_tester(sandbox.path(), &["list", "--cases", "my-cases"]);
    let ids = said
        .out
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

#[test]
fn every_path_of_the_repository_that_a_page_names_is_there() {
    let folders = [
        "cases/", "docs/", "harness/", "scripts/", "tests/", "vagrant/", "fuzz/",
    ];
    let mut wrong = Vec::new();
    for page in own_pages() {
        for code in page.code() {
            let path = code.split_whitespace().next().unwrap_or_default();
            // `cases/ID/` is a place in the results, and `docs/book` is built.
            let is_ours = folders.iter().any(|folder| path.starts_with(folder));
            let is_elsewhere = path.starts_with("cases/ID") || path == "docs/book";
            if is_ours && !is_elsewhere && !root().join(path).exists() {
                wrong.push(format!("{}: {path}", page.path.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_file_that_the_design_names_is_there() {
    let text = fs::read_to_string(root().join("DESIGN.md")).expect("it is text");
    let folders = ["", "harness/", "harness/src/"].map(|folder| root().join(folder));
    let is_path = |code: &&str| {
        let ends = [".rs", ".S", ".yaml"].iter().any(|end| code.ends_with(end));
        ends && code.contains('/') && !code.contains('<')
    };
    let named: Vec<_> = { text.split('`').skip(1).step_by(2) }
        .filter(is_path)
        .collect();
    assert!(named.len() > 20, "only {named:?}");
    let is_there = |code: &&str| folders.iter().any(|folder| folder.join(code).exists());
    none(
        named
            .into_iter()
            .filter(|code| !is_there(code))
            .map(|code| format!("DESIGN.md: {code}")),
    );
}
