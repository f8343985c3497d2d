//! A page about a run, or about a part of it.

use std::collections::BTreeSet;
use std::io;

use askama::Template;

use super::case::CasePage;
use super::found::FoundView;
use super::page::{Extent, Page, Parts, Section, accelerator, by_id};
use crate::case::{CaseId, Suite};
use crate::history::History;
use crate::judge::Severity;
use crate::report::anchor::found_anchor;
use crate::report::confirmed::{Confirmed, Proof};
use crate::report::conformance::{Conformance, ConformanceReport};
use crate::report::elsewhere;
use crate::report::event::CaseEnd;
use crate::report::finding::findings;
use crate::report::results::Results;
use crate::report::summary::Summary;

/// A page about a run.
///
/// The histories are read from the results, one at a time: a run's are too many to keep.
pub struct RunPage<'a> {
    /// Where the histories are.
    pub results: &'a Results,
    /// The cases' sentences and the demands.
    pub suite: &'a Suite,
    /// What the run came to, of the cases that are shown.
    pub summary: &'a Summary,
    /// How much is shown.
    pub extent: Extent,
    /// What the run was reported to come to, where that is not to be computed again: its suite may have been another one.
    pub reported: Option<&'a ConformanceReport>,
    /// What people have confirmed in this version of the agent; none where that is not told.
    pub confirmed: Option<&'a Confirmed>,
}

impl RunPage<'_> {
    /// The page as a document.
    ///
    /// # Errors
    /// Never, as long as memory can be written.
    pub fn render(&self) -> io::Result<String> {
        let mut accelerator = None;
        let sections = match self.extent.findings {
            true => Vec::new(),
            false => self.sections(&mut accelerator)?,
        };
        let (found, found_count) = self.found()?;
        let parts = Parts {
            extent: &self.extent,
            found,
            found_count,
            sections,
        };
        let whole = self.extent.chosen.is_none();
        let conformance = match self.reported {
            Some(report) => {
                let whom = self.summary.start.whom();
                Some(Conformance::reported(report, &whom))
            }
            None => Conformance::of(self.summary, self.suite).filter(|_| whole),
        };
        let page = Page::new(self.summary, conformance, accelerator.as_deref(), parts);
        let mut text = page.render().map_err(io::Error::other)?;
        text.push('\n');
        Ok(text)
    }

    /// All cases, by what they came to; by the way the first accelerator that a history names.
    fn sections(&self, accelerator: &mut Option<String>) -> io::Result<Vec<Section>> {
        let known: Vec<_> = { self.summary.ended.iter() }
            .filter(|end| end.known.is_some())
            .collect();
        let of = |severity| self.summary.of(severity).collect::<Vec<_>>();
        let mut sections = Vec::new();
        for (title, ends) in [
            ("Failed", of(Severity::Fail)),
            ("Unknown", of(Severity::Unknown)),
            ("Warned", of(Severity::Warn)),
            ("Known deviations", known),
            ("Passed", of(Severity::Pass)),
        ] {
            if !ends.is_empty() {
                sections.push(self.section(title, ends, accelerator)?);
            }
        }
        Ok(sections)
    }

    /// What was found against the agent, and how much.
    fn found(&self) -> io::Result<(String, usize)> {
        let all = findings(self.summary, self.suite);
        let subject = &self.summary.start.identity.subject;
        let confirmed = self
            .confirmed
            .map(|all| all.of(&subject.name, subject.sha256.as_deref()));
        let mut text = String::new();
        let mut taken = BTreeSet::new();
        for found in &all {
            let demand = found.demands.first().map(|(id, _)| id.0.as_str());
            let mut key = found_anchor(demand, found.action());
            // The first and worst of them is what links lead to.
            while !taken.insert(key.clone()) {
                key.push_str("-more");
            }
            let is_drawn = !self.extent.findings || found.class.is_about_safety();
            let history = match is_drawn {
                true => self.history(&found.shortest.verdict.case).0,
                false => History::default(),
            };
            let mut view = FoundView::new(found, &history, (&key, !self.extent.findings));
            view.confirmed = confirmed.map(|version| {
                let clauses = found.finding_clauses();
                version.map_or_else(Proof::default, |one| one.proof(&clauses, found.cases()))
            });
            text.push_str(&view.render().map_err(io::Error::other)?);
            text.push('\n');
        }
        Ok((text, all.len()))
    }

    /// What was recorded of a case, and why that cannot be read.
    fn history(&self, id: &CaseId) -> (History, Option<String>) {
        let path = History::file_in(&self.results.case_folder(id));
        match History::read(&path) {
            Ok(history) => (history, None),
            // A case whose lab never started has none, and its finding says so.
            Err(error) if error.is_missing() => (History::default(), None),
            Err(error) => (History::default(), Some(error.to_string())),
        }
    }

    /// The cases that came to the same.
    fn section(
        &self,
        title: &'static str,
        ends: Vec<&CaseEnd>,
        named: &mut Option<String>,
    ) -> io::Result<Section> {
        let count = ends.len();
        let mut cases = String::new();
        let again = elsewhere::command(&self.summary.start.again);
        for end in by_id(ends) {
            let id = &end.verdict.case;
            let (history, unreadable) = self.history(id);
            *named = named.take().or_else(|| accelerator(&history));
            let case = CasePage {
                end,
                loaded: self.suite.case(&id.0),
                register: &self.suite.register,
                history: &history,
                unreadable,
                again: &again,
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
