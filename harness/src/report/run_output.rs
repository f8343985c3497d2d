//! What the agent printed in the runs that findings accuse.

use std::collections::BTreeSet;

use crate::history::{History, Invocation, Moment, Outcome, What, seconds};
use crate::judge::Finding;
use crate::ocf::Verb;

/// How many lines of a run's standard error are shown.
const LINES: usize = 6;

/// What the agent printed in one of its runs.
pub(super) struct RunOutput<'a> {
    /// The run, and how it ended: `stop on a: OCF_SUCCESS (0) in 1.1 s`.
    pub(super) run: String,
    /// The reason that it gave.
    pub(super) reason: Option<&'a str>,
    /// The last lines that it printed on standard error.
    pub(super) stderr: Vec<&'a str>,
}

/// The runs whose output is shown with an earlier finding of the same verdict.
#[derive(Default)]
pub(super) struct AlreadyShown(BTreeSet<u32>);

impl AlreadyShown {
    /// The output of the run that a finding accuses; none if it accuses none, if that printed nothing, or if it is shown
    /// already.
    pub(super) fn run_output<'a>(
        &mut self,
        finding: &Finding,
        history: &'a History,
    ) -> Option<RunOutput<'a>> {
        let run = finding.run.filter(|run| self.0.insert(*run))?;
        let (invocation, outcome) = run_of(history, run)?;
        let (reason, stderr) = (outcome.reason.as_deref(), tail(&outcome.stderr.text));
        (reason.is_some() || !stderr.is_empty()).then(|| RunOutput {
            run: name(invocation, outcome),
            reason,
            stderr,
        })
    }
}

/// A run of the agent, as it was asked for and as it ended.
fn run_of(history: &History, run: u32) -> Option<(&Invocation, &Outcome)> {
    let entries = || history.entries.iter();
    let asked = entries().find_map(|entry| match &entry.what {
        What::Began(invocation) if invocation.id == run => Some(invocation),
        _ => None,
    });
    let ended = entries().find_map(|entry| match &entry.what {
        What::Ended(outcome) if outcome.id == run => Some(outcome),
        _ => None,
    });
    asked.zip(ended)
}

/// When a run of the agent ended.
pub(super) fn ended(history: &History, run: u32) -> Option<Moment> {
    let ends = |what: &What| matches!(what, What::Ended(outcome) if outcome.id == run);
    let entry = history.entries.iter().find(|entry| ends(&entry.what))?;
    Some(entry.at)
}

fn name(invocation: &Invocation, outcome: &Outcome) -> String {
    let action = invocation.verb.as_ref();
    let action = action.map_or("a run without action", Verb::as_str);
    let label = match &invocation.label {
        Some(label) => format!(" (`{label}`)"),
        None => String::new(),
    };
    let (node, exit, took) = (&invocation.node, outcome.exit, seconds(outcome.took));
    format!("{action} on {node}{label}: {exit} in {took}")
}

fn tail(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let all: Vec<_> = lines.collect();
    all[all.len().saturating_sub(LINES)..].to_vec()
}
