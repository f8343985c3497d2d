//! One case on the page: its verdict, its findings, its picture.

use std::fmt;

use askama::Template;

use crate::case::{Clause, ClauseId, LoadedCase, Suite};
use crate::history::{History, seconds};
use crate::judge::Finding;
use crate::report::anchor::anchor;
use crate::report::diagnosis::{SourceLine, when_and_where};
use crate::report::event::CaseEnd;
use crate::report::picture::Picture;
use crate::report::results::Results;
use crate::report::run_output::{AlreadyShown, RunOutput};
use crate::report::timeline::{Line, lines};

/// A case to be shown. Its history is read while it is written, for those of a run are too many to keep.
pub(super) struct CaseEntry<'a> {
    pub(super) end: &'a CaseEnd,
    pub(super) suite: &'a Suite,
    pub(super) results: &'a Results,
    /// The command that runs chosen cases again, without their names.
    pub(super) again: &'a str,
}

impl fmt::Display for CaseEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (history, unreadable) = self.results.history(&self.end.verdict.case);
        let known = Known {
            entry: self,
            loaded: self.suite.case(&self.end.verdict.case.0),
            history: &history,
            unreadable,
        };
        known.view().render_into(f).map_err(|_| fmt::Error)
    }
}

/// What is known of a case.
struct Known<'a> {
    entry: &'a CaseEntry<'a>,
    loaded: Option<&'a LoadedCase>,
    history: &'a History,
    /// Why the history could not be read, if it could not.
    unreadable: Option<String>,
}

/// What `case.html` shows.
#[derive(Template)]
#[template(path = "html/case.html")]
struct CaseView<'a> {
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

impl<'a> Known<'a> {
    fn view(&'a self) -> CaseView<'a> {
        let CaseEntry { end, again, .. } = self.entry;
        let verdict = &end.verdict;
        let known = end.known.as_deref();
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
            mended: end.mended,
            findings: self.findings(),
            picture,
            unreadable: self.unreadable.as_deref(),
            notes: &verdict.notes,
            demands: self.own_demands(),
            timeline: self.timeline(),
            file: self.loaded.map(|case| case.file.display().to_string()),
            again: format!("{again} ={}", verdict.case.0),
        }
    }

    fn findings(&self) -> Vec<FindingView<'_>> {
        let mut shown = AlreadyShown::default();
        let findings = self.entry.end.verdict.findings.iter();
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
            clause: self.entry.suite.register.find(id),
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
        if !self.entry.end.verdict.findings.is_empty() {
            return Vec::new();
        }
        let clauses = self.loaded.iter().flat_map(|case| &case.spec.clause);
        clauses.map(|id| self.demand(id)).collect()
    }

    fn timeline(&self) -> Vec<Line> {
        match self.entry.end.verdict.findings.is_empty() {
            true => Vec::new(),
            false => lines(&self.history.entries),
        }
    }
}
