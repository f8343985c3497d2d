//! What was found against the agent, one entry a cause, at the top of the page.

use askama::Template;

use super::page::Link;
use crate::case::{Clause, ClauseId};
use crate::history::{History, seconds};
use crate::report::confirmed::Proof;
use crate::report::finding::Found;
use crate::report::picture::Picture;
use crate::report::summary::cases;

/// What `found.html` shows.
#[derive(Template)]
#[template(path = "html/found.html")]
pub(super) struct FoundView<'a> {
    class: &'static str,
    /// The look of the class: that of the severity.
    look: &'static str,
    /// Whether it is open: what is about the guest's safety is.
    open: bool,
    /// Its name on the page.
    key: &'a str,
    /// Whether the cases are on the page, so that they can be linked; a page without them is small, and has no text for a
    /// bug report.
    is_linked: bool,
    action: &'a str,
    count: String,
    sentence: &'a str,
    demands: &'a [(&'a ClauseId, &'a Clause)],
    known: Option<&'a str>,
    shortest: Link<'a>,
    took: String,
    picture: Option<String>,
    again: &'a str,
    /// How far it is confirmed; none where that is not told.
    pub(super) confirmed: Option<Proof<'a>>,
    others: Vec<Link<'a>>,
    report: &'a str,
}

impl<'a> FoundView<'a> {
    /// The view of a cause, by its name on the page and whether the cases are linked, with the history of the shortest
    /// case.
    pub(super) fn new(
        found: &'a Found<'_>,
        history: &History,
        (key, is_linked): (&'a str, bool),
    ) -> Self {
        let verdict = &found.shortest.verdict;
        let picture = Picture::of(history, verdict);
        Self {
            class: found.class.words(),
            look: found.class.severity().word(),
            open: found.class.is_about_safety(),
            key,
            is_linked,
            action: found.action().unwrap_or_default(),
            count: cases(found.others.len() + 1),
            sentence: &found.sentence,
            demands: &found.demands,
            known: found.known,
            shortest: Link::to(&verdict.case),
            took: seconds(verdict.took),
            picture: picture.map(|picture| picture.inline(key)),
            again: &found.again,
            confirmed: None,
            others: found
                .others
                .iter()
                .map(|end| Link::to(&end.verdict.case))
                .collect(),
            report: &found.report,
        }
    }
}
