//! Bars on a terminal. This is the only file that knows indicatif.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::event::Event;
use crate::case::CaseId;

/// How many running cases are shown.
const SHOWN: usize = 8;
/// How often the elapsed times are redrawn.
const TICK: Duration = Duration::from_millis(500);

/// A bar over all cases, and a line for each running one with its current step.
pub(super) struct Progress {
    all: MultiProgress,
    total: ProgressBar,
    running: BTreeMap<CaseId, ProgressBar>,
}

impl Progress {
    /// Bars on standard error; nothing is drawn when that is no terminal.
    pub(super) fn on_stderr() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let total = all.add(ProgressBar::new(0));
        total.set_style(style("  {elapsed:>4} {bar:40} {pos} of {len} cases  {msg}"));
        Self {
            all,
            total,
            running: BTreeMap::new(),
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => {
                self.total.set_length(start.total as u64);
                self.total.enable_steady_tick(TICK);
            }
            Event::CaseStarted { id } => self.begin(id),
            Event::StepBegan { id, text } => {
                if let Some(bar) = self.running.get(id) {
                    bar.set_message(text.clone());
                }
            }
            Event::CaseEnded(end) => {
                if let Some(bar) = self.running.remove(&end.verdict.case) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                self.total.inc(1);
            }
            Event::Interrupted => self.total.set_message("cleaning up"),
            Event::RunEnded { .. } => self.total.finish_and_clear(),
        }
    }

    fn begin(&mut self, id: &CaseId) {
        if self.running.len() >= SHOWN {
            return;
        }
        let bar = self
            .all
            .insert_before(&self.total, ProgressBar::new_spinner());
        bar.set_style(style("  {elapsed:>4} {prefix}  {wide_msg}"));
        bar.set_prefix(id.0.clone());
        bar.set_message("waits for a lab");
        bar.enable_steady_tick(TICK);
        self.running.insert(id.clone(), bar);
    }

    /// Writes while the bars are out of the way.
    pub(super) fn aside(&self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.all.suspend(write)
    }
}

fn style(template: &str) -> ProgressStyle {
    // A template that cannot be read would be a mistake here; plain bars are no reason to fail.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
