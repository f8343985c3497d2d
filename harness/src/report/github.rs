use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::event::{CaseEnd, Event, Reporter};
use super::markdown;
use super::summary::Summary;
use crate::case::{LoadedCase, Suite};
use crate::judge::{Finding, Severity};

/// How many annotations of one kind a step may have; GitHub drops more.
const ANNOTATIONS: usize = 10;

/// Annotates a run in a workflow of GitHub, and writes the step's summary.
///
/// Source: GitHub's documentation of workflow commands, `error`, `warning`, `notice` and GITHUB_STEP_SUMMARY.
pub struct Github<W> {
    out: W,
    /// The file of the step's summary, if there is one.
    page: Option<PathBuf>,
    cases: Vec<LoadedCase>,
    summary: Summary,
}

impl<W: Write> Github<W> {
    /// Annotations that go to `out`, and a summary that is added to the file `page`; the suite has the cases' places.
    pub fn new(out: W, page: Option<PathBuf>, suite: &Suite) -> Self {
        Self {
            out,
            page,
            cases: suite.cases.clone(),
            summary: Summary::default(),
        }
    }

    /// Cases of one cause have one annotation, which names the others.
    fn annotate(&mut self) -> io::Result<()> {
        for (severity, command) in [
            (Severity::Fail, "error"),
            (Severity::Unknown, "warning"),
            (Severity::Warn, "notice"),
        ] {
            for group in self.summary.groups(severity).iter().take(ANNOTATIONS) {
                let also = group.also().map(|also| format!("\n{also}"));
                let line = self.annotation(command, group.first, &also.unwrap_or_default());
                writeln!(self.out, "{line}")?;
            }
        }
        Ok(())
    }

    fn annotation(&self, command: &str, end: &CaseEnd, also: &str) -> String {
        let id = &end.verdict.case;
        let worst = end.verdict.findings.first();
        let case = self.cases.iter().find(|case| case.id == *id);
        let place = case.map(|case| place(case, worst)).unwrap_or_default();
        let title = property(&id.0);
        let text = worst.map_or_else(String::new, told) + also;
        format!("::{command} {place}title={title}::{}", data(&text))
    }
}

impl<W: Write> Reporter for Github<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.annotate()?;
        self.out.flush()?;
        let Some(path) = &self.page else {
            return Ok(());
        };
        let mut page = File::options().create(true).append(true).open(path)?;
        page.write_all(markdown::page(&self.summary).as_bytes())
    }
}

/// The file and the line that demanded what was not met.
fn place(case: &LoadedCase, finding: Option<&Finding>) -> String {
    let file = property(&case.file.display().to_string());
    let place = finding.and_then(|finding| case.places.find(&finding.place));
    let line = place.map_or(1, |place| place.line);
    format!("file={file},line={line},")
}

fn told(finding: &Finding) -> String {
    let clauses = finding.clauses.iter().map(|id| id.0.as_str());
    let clauses: Vec<_> = clauses.collect();
    let (expected, seen) = (&finding.expected, &finding.seen);
    format!("{}: expected {expected}; seen: {seen}", clauses.join(" "))
}

/// The text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
