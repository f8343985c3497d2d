//! The README and the book are true: their links lead somewhere, their commands are understood or run, their files are
//! read by the program, and what they name is there.

mod commands;
mod examples;
mod links;
mod names;

use conformance_tests::book::{Page, pages};

/// The pages that are written for the book, and the README.
fn own_pages() -> Vec<Page> {
    let pages = pages().into_iter();
    pages.filter(|page| !page.borrowed).collect()
}

/// What is wrong, a line each; none of it may be.
fn none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
