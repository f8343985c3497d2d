use std::io::{self, Write};

use serde::Serialize;

use super::event::{CaseEnd, Event, Reporter};
use super::summary::Summary;
use crate::judge::{Finding, Severity};

/// Writes the Test Anything Protocol, version 14, when the run is over.
///
/// A case is `ok` or `not ok`, with a YAML block that says its severity and every finding: `unknown` is
/// `not ok`, and only its severity tells it from `fail`. A known deviation is a `TODO`, as is one that no
/// longer occurs, for that is what the protocol calls a test that passes against expectation.
pub struct Tap<W> {
    out: W,
    summary: Summary,
}

impl<W: Write> Tap<W> {
    /// A report that goes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            summary: Summary::default(),
        }
    }

    fn case(&mut self, number: usize, end: &CaseEnd) -> io::Result<()> {
        let ok = match end.verdict.severity {
            Severity::Pass | Severity::Warn => "ok",
            Severity::Unknown | Severity::Fail => "not ok",
        };
        let id = one_line(&end.verdict.case.0);
        let todo = match &end.known {
            Some(reason) => format!(" # TODO known deviation: {}", one_line(reason)),
            None if end.mended => " # TODO passes now: take its known deviation out".to_owned(),
            None => String::new(),
        };
        writeln!(self.out, "{ok} {number} - {id}{todo}")?;
        let has_block = !end.verdict.findings.is_empty() || !end.verdict.notes.is_empty();
        if has_block { self.block(end) } else { Ok(()) }
    }

    fn block(&mut self, end: &CaseEnd) -> io::Result<()> {
        let block = Block {
            severity: end.verdict.severity.word(),
            duration_ms: end.verdict.took,
            findings: end
                .verdict
                .findings
                .iter()
                .map(FindingBlock::from)
                .collect(),
            notes: &end.verdict.notes,
        };
        let yaml = serde_yaml::to_string(&block).map_err(io::Error::other)?;
        writeln!(self.out, "  ---")?;
        for line in yaml.lines() {
            writeln!(self.out, "  {line}")?;
        }
        writeln!(self.out, "  ...")
    }
}

impl<W: Write> Reporter for Tap<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let summary = self.summary.clone();
        let skipped = &summary.start.skipped;
        // What an interrupted run did not come to is planned all the same, and missing then.
        let planned = summary.start.total.max(summary.ended.len()) + skipped.len();
        writeln!(self.out, "TAP version 14\n1..{planned}")?;
        for (end, number) in summary.ended.iter().zip(1..) {
            self.case(number, end)?;
        }
        for (skip, number) in skipped.iter().zip(summary.ended.len() + 1..) {
            let (id, reason) = (one_line(&skip.id.0), one_line(&skip.reason));
            writeln!(self.out, "ok {number} - {id} # SKIP {reason}")?;
        }
        writeln!(self.out, "# {}", summary.counts())?;
        let sentence = summary.sentence();
        match summary.interrupted {
            true => writeln!(self.out, "Bail out! {sentence}")?,
            false => writeln!(self.out, "# {sentence}")?,
        }
        self.out.flush()
    }
}

#[derive(Serialize)]
struct Block<'a> {
    severity: &'static str,
    duration_ms: u64,
    findings: Vec<FindingBlock<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
struct FindingBlock<'a> {
    severity: &'static str,
    clauses: Vec<&'a str>,
    place: &'a str,
    expected: &'a str,
    seen: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'a str>,
}

impl<'a> From<&'a Finding> for FindingBlock<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            severity: finding.severity.word(),
            clauses: finding.clauses.iter().map(|id| id.0.as_str()).collect(),
            place: &finding.place,
            expected: &finding.expected,
            seen: &finding.seen,
            at_ms: finding.at.map(|at| at.0),
            node: finding.node.as_ref().map(|node| node.0.as_str()),
        }
    }
}

/// A text on a test's line, in which `#` would begin a directive.
fn one_line(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('#', "\\#");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
