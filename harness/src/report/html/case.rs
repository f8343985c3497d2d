//! One case on the page: its verdict, its findings, its picture.

use askama::Template;

use crate::case::{Clause, ClauseId, LoadedCase, Register};
use crate::history::{History, seconds};
use crate::judge::Finding;
use crate::report::anchor::anchor;
use crate::report::diagnosis::{SourceLine, when_and_where};
use crate::report::event::CaseEnd;
use crate::report::picture::Picture;
use crate::report::run_output::{AlreadyShown, RunOutput};
use crate::report::timeline::{Line, lines};

/// What is known of a case.
pub(super) struct CasePage<'a> {
    pub(super) end: &'a CaseEnd,
    pub(super) loaded: Option<&'a LoadedCase>,
    pub(super) register: &'a Register,
    pub(super) history: &'a History,
    /// Why the history could not be read, if it could not.
    pub(super) unreadable: Option<String>,
    /// The command that runs chosen cases again, without their names.
    pub(super) again: &'a str,
}

/// What `case.html` shows.
#[derive(Template)]
#[template(path = "html/case.html")]
pub(super) struct CaseView<'a> {
    word: &'static str,
    id: &'a str,
    anchor: String,
    runs_twice: bool,
    took: String,
    sentence: &'a str,
    known: Option<&'a str>,
    mended: bool,
    findings: Vec<FindingView<'a>>,
    picture: Option<String>,
    unreadable: Option<&'a str>,
    notes: &'a [String],
    /// The case's own demands, where none was broken.
    demands: Vec<Demand<'a>>,
    /// The picture in words, to the millisecond.
    timeline: Vec<Line>,
    file: Option<String>,
    again: String,
}

struct FindingView<'a> {
    expected: &'a str,
    seen: &'a str,
    when_and_where: String,
    demands: Vec<Demand<'a>>,
    /// The place in the case file, with its line.
    place: String,
    output: Option<RunOutput<'a>>,
}

struct Demand<'a> {
    id: &'a str,
    clause: Option<&'a Clause>,
}

impl<'a> CasePage<'a> {
    pub(super) fn view(&'a self) -> CaseView<'a> {
        let verdict = &self.end.verdict;
        let known = self.end.known.as_deref();
        let anchor = anchor(&verdict.case.0);
        let picture = Picture::of(self.history, verdict).map(|picture| picture.inline(&anchor));
        CaseView {
            word: known.map_or(verdict.severity.word(), |_| "known"),
            id: &verdict.case.0,
            anchor,
            runs_twice: verdict.double_run().is_some(),
            took: seconds(verdict.took),
            sentence: self
                .loaded
                .map_or("(the suite has no such case)", |case| &case.spec.case),
            known,
            mended: self.end.mended,
            findings: self.findings(),
            picture,
            unreadable: self.unreadable.as_deref(),
            notes: &verdict.notes,
            demands: self.own_demands(),
            timeline: self.timeline(),
            file: self.loaded.map(|case| case.file.display().to_string()),
            again: format!("{} ={}", self.again, verdict.case.0),
        }
    }

    fn findings(&self) -> Vec<FindingView<'_>> {
        let mut shown = AlreadyShown::default();
        let findings = self.end.verdict.findings.iter();
        findings
            .map(|finding| FindingView {
                expected: &finding.expected,
                seen: &finding.seen,
                when_and_where: when_and_where(finding),
                demands: finding.clauses.iter().map(|id| self.demand(id)).collect(),
                place: self.place(finding),
                output: shown.run_output(finding, self.history),
            })
            .collect()
    }

    fn demand<'b>(&'b self, id: &'b ClauseId) -> Demand<'b> {
        Demand {
            id: &id.0,
            clause: self.register.find(id),
        }
    }

    fn place(&self, finding: &Finding) -> String {
        let line = self
            .loaded
            .and_then(|case| SourceLine::of(case, &finding.place));
        match &line {
            Some(at) => {
                let text = at.text.trim();
                format!("{}:{} {}: {text}", at.file, at.line, finding.place)
            }
            None => finding.place.clone(),
        }
    }

    fn own_demands(&self) -> Vec<Demand<'_>> {
        if !self.end.verdict.findings.is_empty() {
            return Vec::new();
        }
        let clauses = self.loaded.iter().flat_map(|case| &case.spec.clause);
        clauses.map(|id| self.demand(id)).collect()
    }

    fn timeline(&self) -> Vec<Line> {
        match self.end.verdict.findings.is_empty() {
            true => Vec::new(),
            false => lines(&self.history.entries),
        }
    }
}
