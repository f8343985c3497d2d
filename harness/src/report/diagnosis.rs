use std::fmt::Write as _;
use std::iter::{once, repeat};

use super::escape::shown;
use super::run_output::{AlreadyShown, RunOutput, ended};
use super::timeline::lines;
use crate::case::{ClauseId, LoadedCase};
use crate::history::{Entry, History, seconds};
use crate::judge::{Finding, Verdict};

/// How many lines of the timeline a diagnosis shows.
const LINES: usize = 12;
/// How long after a finding's moment the timeline still goes on, in milliseconds.
const AFTER: u64 = 1000;

/// A demand as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What is demanded.
    pub text: String,
    /// Where it is written.
    pub source: String,
}

/// A place in a case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The file.
    pub file: String,
    /// The line's number, from 1.
    pub line: usize,
    /// The line itself.
    pub text: String,
}

impl SourceLine {
    /// The line of a case's file that a finding's place names, such as `when[2].run.returns`.
    #[must_use]
    pub fn of(case: &LoadedCase, place: &str) -> Option<Self> {
        let found = case.places.find(place)?;
        let text = case
            .source
            .lines()
            .nth(found.line.checked_sub(1)?)?
            .to_owned();
        Some(Self {
            file: case.file.display().to_string(),
            line: found.line,
            text,
        })
    }
}

/// Everything that a failure's text is made of.
pub struct Diagnosis<'a> {
    /// The verdict.
    pub verdict: &'a Verdict,
    /// The case's sentence.
    pub sentence: &'a str,
    /// What was done and seen.
    pub history: &'a History,
    /// Finds a clause in the register.
    pub demand: &'a dyn Fn(&ClauseId) -> Option<Demand>,
    /// Finds a finding's place, such as `when[2].run.returns`, in the case file.
    pub locate: &'a dyn Fn(&str) -> Option<SourceLine>,
    /// The command that runs just this case again.
    pub again: &'a str,
}

impl Diagnosis<'_> {
    /// The failure as text; it ends with a newline.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        line(
            &mut text,
            &format!("{}  {}", self.verdict.severity, self.verdict.case.0),
        );
        line(&mut text, &format!("      {}", self.sentence));
        let mut shown = AlreadyShown::default();
        for finding in &self.verdict.findings {
            self.finding(&mut text, finding);
            if let Some(output) = shown.run_output(finding, self.history) {
                run_output(&mut text, &output);
            }
        }
        self.timeline(&mut text);
        for note in &self.verdict.notes {
            row(&mut text, "note", note);
        }
        row(&mut text, "again", self.again);
        text
    }

    fn finding(&self, text: &mut String, finding: &Finding) {
        text.push('\n');
        for id in &finding.clauses {
            let demand = (self.demand)(id);
            let demand = demand.map(|demand| format!("{} ({})", demand.text, demand.source));
            row(
                text,
                "demand",
                &format!(
                    "{}: {}",
                    id.0,
                    demand.as_deref().unwrap_or("not in the register")
                ),
            );
        }
        match (self.locate)(&finding.place) {
            Some(place) => {
                row(
                    text,
                    "case",
                    &format!("{}:{} {}", place.file, place.line, finding.place),
                );
                row(text, "", &format!("| {}", place.text.trim()));
            }
            None => row(text, "case", &finding.place),
        }
        row(text, "expected", &finding.expected);
        row(
            text,
            "seen",
            &format!("{}{}", finding.seen, when_and_where(finding)),
        );
    }

    fn timeline(&self, text: &mut String) {
        let worst = self.verdict.findings.first();
        let at = worst.and_then(|worst| worst.at);
        let end = at.map_or(u64::MAX, |at| at.0.saturating_add(AFTER));
        // What the guest showed may be older than the run that it accuses.
        let accused = worst.and_then(|worst| ended(self.history, worst.run?));
        let end = end.max(accused.map_or(0, |at| at.0));
        let entries = self.history.entries.iter();
        let until: Vec<Entry> = entries.filter(|entry| entry.at.0 <= end).cloned().collect();
        let lines = lines(&until);
        if lines.is_empty() {
            return;
        }
        text.push('\n');
        line(text, "  timeline");
        for shown in &lines[lines.len().saturating_sub(LINES)..] {
            line(text, &format!("  {shown}"));
        }
        text.push('\n');
    }
}

/// What the agent printed in the run that a finding accuses.
fn run_output(text: &mut String, output: &RunOutput<'_>) {
    text.push('\n');
    row(text, "run", &output.run);
    if let Some(reason) = output.reason {
        row(text, "reason", reason);
    }
    for (line, key) in output.stderr.iter().zip(once("stderr").chain(repeat(""))) {
        row(text, key, &format!("| {line}"));
    }
}

pub(super) fn when_and_where(finding: &Finding) -> String {
    let at = finding.at.map(|at| format!(" at {at}"));
    let node = finding.node.as_ref().map(|node| format!(" on {node}"));
    match (at, node) {
        (None, None) => String::new(),
        (at, node) => format!(
            " [{}]",
            [at, node].into_iter().flatten().collect::<String>().trim()
        ),
    }
}

fn row(text: &mut String, key: &str, value: &str) {
    line(text, &format!("  {key:<9} {value}"));
}

fn line(text: &mut String, content: &str) {
    // What an agent prints is shown to the terminal, which must not obey it.
    let content: String = content.trim_end().chars().map(shown).collect();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{content}");
}

/// What a case took, for one line.
pub(super) fn took(verdict: &Verdict) -> String {
    seconds(verdict.took)
}
