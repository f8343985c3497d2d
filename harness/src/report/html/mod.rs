//! `report.html`: the whole run on one page, with a picture for each case. No script and no network: it can
//! be mailed, archived with a build, and opened years later.
//!
//! The markup is in the templates beside this file. Whatever they insert is escaped by `escape::Markup`; only what is
//! markup already, such as a rendered case or a picture, is marked as `safe` in them.

mod anchor;
mod case;
mod page;

use std::io;

use askama::Template;

use self::case::CasePage;
use self::page::{Page, Section, accelerator, by_id};
use super::event::{CaseEnd, Event, Reporter};
use super::results::Results;
use super::summary::Summary;
use crate::case::Suite;
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
        let page = Page::new(&self.summary, accelerator.as_deref(), sections);
        page.render().map_err(io::Error::other)
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
            let path = self.results.case_folder(id).join("history.jsonl");
            let (history, unreadable) = match History::read(&path) {
                Ok(history) => (history, None),
                // A case whose lab never started has none, and its finding says so.
                Err(error) if error.is_missing() => (History::default(), None),
                Err(error) => (History::default(), Some(error.to_string())),
            };
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
