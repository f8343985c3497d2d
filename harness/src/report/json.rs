use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::event::{Event, Reporter, Skip};
use super::results::{GrowingFile, Results, ResultsError};
use super::summary::{Conclusion, Summary, Tally};
use crate::judge::Verdict;

/// Writes every event as it comes, one JSON object a line: `events.jsonl`, and what `--format json` prints.
pub struct EventLog<W: Write> {
    out: BufWriter<W>,
}

impl EventLog<GrowingFile> {
    /// Begins the log in a run's results.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(results: &Results) -> Result<Self, ResultsError> {
        Ok(Self::new(results.growing_file("events.jsonl")?))
    }
}

impl<W: Write> EventLog<W> {
    /// A log that goes to `out`.
    pub fn new(out: W) -> Self {
        let out = BufWriter::new(out);
        Self { out }
    }
}

impl<W: Write> Reporter for EventLog<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, event)?;
        self.out.write_all(b"\n")?;
        // Whoever follows the file, or finds it after a crash, sees whole lines.
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes `run.json`: what ran where, and what it came to.
pub struct RunFile {
    results: Results,
    summary: Summary,
}

impl RunFile {
    /// A run's summary, to be written into its results.
    #[must_use]
    pub fn new(results: Results) -> Self {
        Self {
            results,
            summary: Summary::default(),
        }
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    profile: &'a str,
    lab: &'a str,
    versions: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    conclusion: Conclusion,
    sentence: String,
    counts: Tally,
    took: u64,
    preparing: u64,
    verdicts: Vec<&'a Verdict>,
    known: BTreeMap<&'a str, &'a str>,
    skipped: &'a [Skip],
}

impl Reporter for RunFile {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let summary = &self.summary;
        let whole = Whole {
            agent: &summary.start.agent,
            package: summary.start.package.as_deref(),
            profile: &summary.start.profile,
            lab: &summary.start.lab,
            versions: &summary.start.versions,
            seed: summary.start.seed,
            conclusion: summary.conclusion(),
            sentence: summary.sentence(),
            counts: summary.tally(),
            took: summary.took,
            preparing: summary.preparing,
            verdicts: summary.ended.iter().map(|end| &end.verdict).collect(),
            known: known(summary),
            skipped: &summary.start.skipped,
        };
        let mut text = serde_json::to_vec_pretty(&whole)?;
        text.push(b'\n');
        Ok(self.results.write("run.json", &text)?)
    }
}

/// The reason of every known deviation that occurred, by its case.
fn known(summary: &Summary) -> BTreeMap<&str, &str> {
    let known = summary.ended.iter().filter_map(|end| {
        let reason = end.known.as_deref()?;
        Some((end.verdict.case.0.as_str(), reason))
    });
    known.collect()
}
