//! `report.html`: the whole run on one page, with a picture for each case. No script and no network: it can
//! be mailed, archived with a build, and opened years later.
//!
//! The markup is in the templates beside this file. Whatever they insert is escaped by `escape::Markup`; only what is
//! markup already, such as a rendered case or a picture, is marked as `safe` in them.

mod case;
mod found;
mod page;

use std::io;

use askama::Template;

use self::case::CasePage;
use self::found::FoundView;
use self::page::{Page, Parts, Section, accelerator, by_id};
use super::conformance::Conformance;
use super::event::{CaseEnd, Event, Reporter};
use super::finding::findings;
use super::results::Results;
use super::summary::Summary;
use crate::case::{CaseId, Suite};
use crate::history::History;
use crate::judge::Severity;

/// Writes `report.html` into a run's results when the run is over.
///
/// The histories are read from the results, one at a time: a run's are too many to keep.
pub struct Html {
    results: Results,
    suite: Suite,
    summary: Summary,
}

impl Html {
    /// A page about the run whose results these are; the suite has the cases' sentences and the demands.
    #[must_use]
    pub fn new(results: Results, suite: Suite) -> Self {
        Self {
            results,
            suite,
            summary: Summary::default(),
        }
    }

    fn page(&self) -> io::Result<String> {
        let known: Vec<_> = { self.summary.ended.iter() }
            .filter(|end| end.known.is_some())
            .collect();
        let of = |severity| self.summary.of(severity).collect::<Vec<_>>();
        let mut sections = Vec::new();
        let mut accelerator = None;
        for (title, ends) in [
            ("Failed", of(Severity::Fail)),
            ("Unknown", of(Severity::Unknown)),
            ("Warned", of(Severity::Warn)),
            ("Known deviations", known),
            ("Passed", of(Severity::Pass)),
        ] {
            if !ends.is_empty() {
                sections.push(self.section(title, ends, &mut accelerator)?);
            }
        }
        let (found, found_count) = self.found()?;
        let parts = Parts {
            found,
            found_count,
            sections,
        };
        let conformance = Conformance::of(&self.summary, &self.suite);
        let page = Page::new(&self.summary, conformance, accelerator.as_deref(), parts);
        page.render().map_err(io::Error::other)
    }

    /// What was found against the agent, and how much.
    fn found(&self) -> io::Result<(String, usize)> {
        let all = findings(&self.summary, &self.suite);
        let mut text = String::new();
        for (found, key) in all.iter().zip(1..) {
            let (history, _) = self.history(&found.shortest.verdict.case);
            let view = FoundView::new(found, &history, key);
            text.push_str(&view.render().map_err(io::Error::other)?);
            text.push('\n');
        }
        Ok((text, all.len()))
    }

    /// What was recorded of a case, and why that cannot be read.
    fn history(&self, id: &CaseId) -> (History, Option<String>) {
        let path = self.results.case_folder(id).join("history.jsonl");
        match History::read(&path) {
            Ok(history) => (history, None),
            // A case whose lab never started has none, and its finding says so.
            Err(error) if error.is_missing() => (History::default(), None),
            Err(error) => (History::default(), Some(error.to_string())),
        }
    }

    /// The cases that came to the same; by the way the first accelerator that a history names.
    fn section(
        &self,
        title: &'static str,
        ends: Vec<&CaseEnd>,
        named: &mut Option<String>,
    ) -> io::Result<Section> {
        let count = ends.len();
        let mut cases = String::new();
        for end in by_id(ends) {
            let id = &end.verdict.case;
            let (history, unreadable) = self.history(id);
            *named = named.take().or_else(|| accelerator(&history));
            let case = CasePage {
                end,
                loaded: self.suite.cases.iter().find(|case| case.id == *id),
                register: &self.suite.register,
                history: &history,
                unreadable,
                again: &self.summary.start.again,
            };
            let case = case.view().render().map_err(io::Error::other)?;
            cases.push_str(&case);
            cases.push('\n');
        }
        Ok(Section {
            title,
            count,
            cases,
        })
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut page = self.page()?;
        page.push('\n');
        Ok(self.results.write("report.html", page.as_bytes())?)
    }
}
