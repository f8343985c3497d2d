use std::collections::BTreeMap;
use std::fmt;

use super::event::Event;
use crate::history::{History, What};

/// Where the time of a finished run's labs went, all of them together, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// In the agent.
    pub in_agent: u64,
    /// In cases besides: guests that boot or migrate, waits for what must not happen.
    pub in_cases: u64,
    /// Between cases: resets, labs that start.
    pub between: u64,
    /// From the run's begin to its end.
    pub wall: u64,
    /// The processors' time that the run took, its labs included; 0 where it was not measured.
    pub processor: u64,
    /// How long each run of the agent took, by its action.
    pub runs: BTreeMap<String, Vec<u64>>,
}

impl Times {
    /// Takes note of an event.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::CaseEnded(end) => {
                self.in_agent += end.verdict.in_agent;
                self.in_cases += end.verdict.took.saturating_sub(end.verdict.in_agent);
            }
            Event::RunEnded {
                took,
                preparing,
                processor,
                ..
            } => {
                self.wall = *took;
                self.between = *preparing;
                self.processor = *processor;
            }
            _ => {}
        }
    }

    /// Takes note of the agent's runs in one case.
    pub fn note_runs(&mut self, history: &History) {
        let mut actions = BTreeMap::new();
        for entry in &history.entries {
            match &entry.what {
                What::Began(run) => {
                    let action = run.verb.as_ref().map(ToString::to_string);
                    actions.insert(run.id, action.unwrap_or_default());
                }
                What::Ended(outcome) => {
                    let action = actions.get(&outcome.id).cloned().unwrap_or_default();
                    self.runs.entry(action).or_default().push(outcome.took);
                }
                _ => {}
            }
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.in_agent + self.in_cases + self.between).max(1);
        let percent = |part: u64| (part * 100 + whole / 2) / whole;
        writeln!(
            f,
            "agent {} %, guests and waits {} %, between cases {} %",
            percent(self.in_agent),
            percent(self.in_cases),
            percent(self.between)
        )?;
        if self.processor > 0 {
            let (processor, wall) = (seconds(self.processor), seconds(self.wall));
            writeln!(f, "{processor} processor seconds in {wall} s")?;
        }
        for (action, took) in &self.runs {
            let mut took = took.clone();
            took.sort_unstable();
            let (count, slowest) = (took.len(), took.last().copied().unwrap_or_default());
            let median = took.get((count - 1) / 2).copied().unwrap_or_default();
            writeln!(
                f,
                "{action}: {count} runs, median {median} ms, slowest {slowest} ms"
            )?;
        }
        Ok(())
    }
}

/// Milliseconds as seconds with one decimal.
fn seconds(millis: u64) -> String {
    format!("{}.{}", millis / 1000, millis % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_all_labs_and_runs_are_sorted_by_their_time() {
        let times = Times {
            in_agent: 250,
            in_cases: 500,
            between: 250,
            wall: 600,
            processor: 1260,
            runs: BTreeMap::from([("monitor".to_owned(), vec![30, 10, 20])]),
        };
        assert_eq!(
            times.to_string(),
            "agent 25 %, guests and waits 50 %, between cases 25 %\n\
             1.2 processor seconds in 0.6 s\n\
             monitor: 3 runs, median 20 ms, slowest 30 ms\n"
        );
    }

    #[test]
    fn a_run_without_cases_has_no_shares() {
        assert!(Times::default().to_string().starts_with("agent 0 %"));
    }
}
