use std::io::{self, Write};

use super::event::{CaseEnd, Event, Reporter};
use super::summary::Summary;
use super::yamlish::quoted;
use crate::judge::{Finding, Severity, Verdict};

/// Writes the Test Anything Protocol, version 13, when the run is over: Perl's `prove` takes version 14 for a failure
/// before its TAP::Harness 3.46.
///
/// A case that passed is `ok`. One that failed is `not ok`, as is one that is unknown, for a consumer that knows no third
/// state must not take it for a success; the severity in its YAML block tells the two apart. What does not make the agent
/// fail has a directive: a warning and a known deviation are `not ok` with `TODO`, and a known deviation that no longer
/// occurs is `ok` with `TODO`, which the protocol calls a test that passes against expectation.
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
            Severity::Pass => "ok",
            Severity::Warn | Severity::Unknown | Severity::Fail => "not ok",
        };
        let id = one_line(&end.verdict.case.0);
        let todo = todo(end).map(|why| format!(" # TODO {why}"));
        writeln!(self.out, "{ok} {number} - {id}{}", todo.unwrap_or_default())?;
        let verdict = &end.verdict;
        if verdict.findings.is_empty() && verdict.notes.is_empty() {
            return Ok(());
        }
        block(verdict)
            .iter()
            .try_for_each(|line| writeln!(self.out, "  {line}"))
    }
}

/// Why a case does not count, whatever it came to.
fn todo(end: &CaseEnd) -> Option<String> {
    match &end.known {
        Some(reason) => Some(format!("known deviation: {}", one_line(reason))),
        None if end.mended => Some("passes now: take its known deviation out".to_owned()),
        None if end.verdict.severity == Severity::Warn => {
            Some("a demand of level should is not met".to_owned())
        }
        None => None,
    }
}

/// The lines of a case's YAML block, in the subset that Perl's TAP::Parser reads.
fn block(verdict: &Verdict) -> Vec<String> {
    let mut lines = vec![
        "---".to_owned(),
        format!("severity: {}", verdict.severity.word()),
        format!("duration_ms: {}", verdict.took),
    ];
    if !verdict.findings.is_empty() {
        lines.push("findings:".to_owned());
        lines.extend(verdict.findings.iter().flat_map(finding));
    }
    if !verdict.notes.is_empty() {
        lines.push("notes:".to_owned());
        let note = |note: &String| format!("  - text: {}", quoted(note));
        lines.extend(verdict.notes.iter().map(note));
    }
    lines.push("...".to_owned());
    lines
}

fn finding(finding: &Finding) -> Vec<String> {
    let clauses = finding.clauses.iter().map(|id| id.0.as_str());
    let clauses: Vec<_> = clauses.collect();
    let mut lines = vec![
        format!("  - severity: {}", finding.severity.word()),
        format!("    clauses: {}", quoted(&clauses.join(" "))),
        format!("    place: {}", quoted(&finding.place)),
        format!("    expected: {}", quoted(&finding.expected)),
        format!("    seen: {}", quoted(&finding.seen)),
    ];
    lines.extend(finding.at.map(|at| format!("    at_ms: {}", at.0)));
    let node = finding.node.as_ref();
    lines.extend(node.map(|node| format!("    node: {}", quoted(&node.0))));
    lines
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
        writeln!(self.out, "TAP version 13\n1..{planned}")?;
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

/// A text on a test's line, in which `#` would begin a directive.
fn one_line(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('#', "\\#");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
