//! A run as a column of the page.

use std::collections::BTreeSet;
use std::path::Path;

use super::table::{Cell, Head, SOFT};
use crate::report::confirmed::ConfirmedVersion;
use crate::report::conformance::ConformanceReport;
use crate::report::recorded::RecordedError;
use crate::report::whole_run::WholeRun;

/// A run.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) run: WholeRun,
    pub(super) report: ConformanceReport,
    /// The agent's name.
    agent: String,
    /// Its package with the version, or its own version; may be empty.
    version: String,
    /// The name of the files that the page leads to, without an ending; no other column has it.
    pub(super) file_name: String,
}

/// A run as the page shows it.
pub(super) struct Shown<'a> {
    pub(super) column: &'a Column,
    /// The page that it leads to.
    pub(super) page: Option<String>,
    /// What people have confirmed in this version of the agent.
    pub(super) confirmed: Option<ConfirmedVersion<'a>>,
}

impl Shown<'_> {
    /// A link to a place on the page of the run.
    pub(super) fn link(&self, place: &str) -> Option<String> {
        let page = self.page.as_ref()?;
        Some(format!("{page}{place}"))
    }
}

impl Column {
    /// Reads a run; `taken` are the names of files that other columns have.
    pub(super) fn open(folder: &Path, taken: &mut BTreeSet<String>) -> Result<Self, RecordedError> {
        let run = WholeRun::open(folder)?;
        let report = ConformanceReport::read(folder)?;
        let subject = &report.implementation;
        let own = subject.project.clone();
        let agent = match own.is_empty() {
            true => subject.agent.clone(),
            false => own,
        };
        let version = subject.package.clone().or_else(|| subject.version.clone());
        let version = version.unwrap_or_default();
        let name = file_name(&format!("{agent} {version}"));
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names.find(|name| taken.insert(name.clone()));
        Ok(Self {
            file_name: free.unwrap_or(name),
            run,
            report,
            agent,
            version,
        })
    }

    pub(super) fn head(&self) -> Head<'_> {
        Head {
            agent: &self.agent,
            version: &self.version,
            date: self.report.date.split('T').next().unwrap_or_default(),
        }
    }

    /// A cell of this column.
    pub(super) fn cell(&self, look: &'static str, text: impl Into<String>) -> Cell {
        let of = format!("{} {}", self.agent, self.version);
        Cell {
            look,
            text: text.into(),
            more: String::new(),
            link: None,
            of: of.trim_end().to_owned(),
        }
    }

    /// A cell that says nothing of the agent.
    pub(super) fn soft(&self, text: impl Into<String>) -> Cell {
        self.cell(SOFT, text)
    }
}

/// A text as the name of a file: small letters, digits, and a hyphen for all between them.
fn file_name(text: &str) -> String {
    let letters = text.to_lowercase();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => "run".to_owned(),
        false => words.join("-"),
    }
}
