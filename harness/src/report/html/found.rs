//! What was found against the agent, one entry a cause, at the top of the page.

use std::fmt;

use askama::Template;

use super::link::Link;
use crate::case::{Clause, ClauseId};
use crate::history::{History, seconds};
use crate::report::confirmed::Proof;
use crate::report::finding::Found;
use crate::report::picture::Picture;
use crate::report::results::Results;
use crate::report::summary::cases;

/// A cause to be shown. The history of its shortest case is read while it is written.
pub(super) struct FoundEntry<'a> {
    pub(super) found: &'a Found<'a>,
    /// Its name on the page.
    pub(super) key: String,
    /// Whether the cases are on the page, so that they can be linked; a page without them is small, and has no text for a
    /// bug report.
    pub(super) is_linked: bool,
    /// How far it is confirmed; none where that is not told.
    pub(super) confirmed: Option<Proof<'a>>,
    pub(super) results: &'a Results,
}

impl fmt::Display for FoundEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_drawn = self.is_linked || self.found.class.is_about_safety();
        let history = match is_drawn {
            true => self.results.history(&self.found.shortest.verdict.case).0,
            false => History::default(),
        };
        let view = FoundView::new(self, &history);
        view.render_into(f).map_err(|_| fmt::Error)
    }
}

/// What `found.html` shows.
#[derive(Template)]
#[template(path = "html/found.html")]
struct FoundView<'a> {
    class: &'static str,
    /// The look of the class: that of the severity.
    look: &'static str,
    /// Whether it is open: what is about the guest's safety is.
    open: bool,
    key: &'a str,
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
    confirmed: Option<&'a Proof<'a>>,
    others: Vec<Link<'a>>,
    report: &'a str,
}

impl<'a> FoundView<'a> {
    /// The view of a cause, with the history of the shortest case.
    fn new(entry: &'a FoundEntry<'_>, history: &History) -> Self {
        let FoundEntry { found, key, .. } = entry;
        let verdict = &found.shortest.verdict;
        let picture = Picture::of(history, verdict);
        Self {
            class: found.class.words(),
            look: found.class.severity().word(),
            open: found.class.is_about_safety(),
            key,
            is_linked: entry.is_linked,
            action: found.action().unwrap_or_default(),
            count: cases(found.others.len() + 1),
            sentence: &found.sentence,
            demands: &found.demands,
            known: found.known,
            shortest: Link::to(&verdict.case),
            took: seconds(verdict.took),
            picture: picture.map(|picture| picture.inline(key)),
            again: &found.again,
            confirmed: entry.confirmed.as_ref(),
            others: found
                .others
                .iter()
                .map(|end| Link::to(&end.verdict.case))
                .collect(),
            report: &found.report,
        }
    }
}
