use std::io::{self, BufWriter, Write};

use super::event::{Event, Reporter};
use super::results::{GrowingFile, Results, ResultsError};
use super::run_file::RunFile;
use super::summary::Summary;

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

/// Writes `run.json` at the end of a run.
pub struct RunWriter {
    results: Results,
    summary: Summary,
}

impl RunWriter {
    /// A run's summary, to be written into its results.
    #[must_use]
    pub fn new(results: Results) -> Self {
        Self {
            results,
            summary: Summary::default(),
        }
    }
}

impl Reporter for RunWriter {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(&RunFile::of(&self.summary))?;
        text.push(b'\n');
        Ok(self.results.write("run.json", &text)?)
    }
}
