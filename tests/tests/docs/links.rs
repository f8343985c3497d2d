//! What the pages are: linked, in the summary, short, and up to date where they count.

use std::path::Path;

use conformance_tests::book::{Page, folder, pages, root};
use conformance_tests::faulty::{self, Kind};
use conformance_tests::program::virt_ra_tester;
use virt_ra_tester::case::Suite;

use super::none;

/// The most lines of the README.
const README: usize = 150;

#[test]
fn every_link_leads_to_a_file_and_a_heading_in_it() {
    let mut wrong = Vec::new();
    for page in pages() {
        for link in page.links() {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.path.clone(),
                file => folder(&page.path).join(file),
            };
            let is_good = link.contains("://")
                || root().join(&target).exists()
                    && (anchor.is_empty()
                        || Page::read(&target).anchors().contains(&anchor.to_owned()));
            if !is_good {
                wrong.push(format!("{}: {link}", page.path.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = Page::read(Path::new("docs/src/SUMMARY.md")).links();
    let names = pages().into_iter().filter_map(|page| {
        let name = page.path.strip_prefix("docs/src").ok()?.to_owned();
        Some(name.display().to_string())
    });
    none(names.filter(|name| name != "SUMMARY.md" && !summary.contains(name)));
}

#[test]
fn the_readme_is_short() {
    let readme = Page::read(Path::new("README.md"));
    assert!(readme.text.lines().count() <= README);
}

#[test]
fn the_readme_counts_what_the_commands_count() {
    let suite = Suite::shipped().expect("the suite is sound");
    let faulty = faulty::all(Kind::Faulty).expect("every header is sound");
    let clauses = virt_ra_tester(&root(), &["list", "--clauses"]).out;
    let decided = clauses
        .lines()
        .find_map(|line| line.strip_suffix(" clauses are decided by a case"));
    let readme = Page::read(Path::new("README.md")).text;
    let counts = [
        ("| cases |", suite.cases.len().to_string()),
        (
            "| clauses decided by a case |",
            decided.expect("it says so").to_owned(),
        ),
        ("| faulty agents,", faulty.len().to_string()),
    ];
    none(counts.into_iter().filter_map(|(row, count)| {
        let line = readme
            .lines()
            .find(|line| line.starts_with(row))
            .unwrap_or_default();
        let is_said = line.ends_with(&format!("| {count} |"));
        (!is_said).then(|| format!("README.md, Status: `{row}` is {count} now"))
    }));
}
