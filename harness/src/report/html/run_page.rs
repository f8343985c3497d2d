//! A page about a run, or about a part of it.

use std::collections::BTreeSet;
use std::io;

use askama::Template;

use super::case::CaseEntry;
use super::found::FoundEntry;
use super::page::{Extent, Page, Parts, Section, accelerator, by_id};
use crate::case::Suite;
use crate::judge::Severity;
use crate::report::anchor::found_anchor;
use crate::report::confirmed::{Confirmed, Proof};
use crate::report::conformance::{Conformance, ConformanceReport};
use crate::report::elsewhere;
use crate::report::finding::{Found, findings};
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
    /// Writes the page as a document, a case after the other.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let again = elsewhere::command(&self.summary.start.again);
        let sections = match self.extent.findings {
            true => Vec::new(),
            false => self.sections(&again),
        };
        let cases = sections.iter().flat_map(|section| &section.cases);
        let mut histories = cases.map(|case| self.results.history(&case.end.verdict.case).0);
        let accelerator = histories.find_map(|history| accelerator(&history));
        let found = findings(self.summary, self.suite);
        let parts = Parts {
            extent: &self.extent,
            found: self.found(&found),
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
        page.write_into(to)?;
        to.write_all(b"\n")
    }

    /// All cases, by what they came to.
    fn sections<'a>(&'a self, again: &'a str) -> Vec<Section<'a>> {
        let known: Vec<_> = { self.summary.ended.iter() }
            .filter(|end| end.known.is_some())
            .collect();
        let of = |severity| self.summary.of(severity).collect::<Vec<_>>();
        let entry = |end| CaseEntry {
            end,
            suite: self.suite,
            results: self.results,
            again,
        };
        let sections = [
            ("Failed", of(Severity::Fail)),
            ("Unknown", of(Severity::Unknown)),
            ("Warned", of(Severity::Warn)),
            ("Known deviations", known),
            ("Passed", of(Severity::Pass)),
        ];
        let sections = sections.into_iter().filter(|(_, ends)| !ends.is_empty());
        let section = |(title, ends)| Section {
            title,
            cases: by_id(ends).into_iter().map(entry).collect(),
        };
        sections.map(section).collect()
    }

    /// What was found against the agent.
    fn found<'a>(&'a self, all: &'a [Found<'a>]) -> Vec<FoundEntry<'a>> {
        let subject = &self.summary.start.identity.subject;
        let confirmed = self
            .confirmed
            .map(|all| all.of(&subject.name, subject.sha256.as_deref()));
        let mut taken = BTreeSet::new();
        let entry = |found: &'a Found<'a>| {
            let demand = found.demands.first().map(|(id, _)| id.0.as_str());
            let mut key = found_anchor(demand, found.action());
            // The first and worst of them is what links lead to.
            while !taken.insert(key.clone()) {
                key.push_str("-more");
            }
            FoundEntry {
                found,
                key,
                is_linked: !self.extent.findings,
                confirmed: confirmed.map(|version| {
                    let clauses = found.finding_clauses();
                    version.map_or_else(Proof::default, |one| one.proof(&clauses, found.cases()))
                }),
                results: self.results,
            }
        };
        all.iter().map(entry).collect()
    }
}
