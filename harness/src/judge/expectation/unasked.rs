//! Tools that were told what to answer, and were never asked for it.
//!
//! An agent that asks in another way is not to blame, nor was it put to the test: the case is judged without what the
//! answers were to bring about, and a note says so.

use std::borrow::Cow;

use crate::case::{CaseSpec, Fault, Returned, Run, Step, StepAt};
use crate::history::{NodeName, Outcome, StepPath, ToolCall};
use crate::judge::decide::Told;
use crate::judge::record::{Ran, Record};

/// The faults of tools whose answers no run after them ever got.
pub(super) struct Unasked<'a> {
    faults: Vec<Fooled<'a>>,
}

/// A tool on a node, and the step that told it what to answer.
struct Fooled<'a> {
    path: StepPath,
    node: &'a NodeName,
    tool: &'a str,
}

impl Fooled<'_> {
    /// Whether a run at that step could have asked.
    fn is_before(&self, path: &StepPath, node: &NodeName) -> bool {
        self.node == node && self.path < *path
    }

    /// Whether a run got one of the answers; of a call in an old history nobody knows, and it counts.
    fn was_asked(&self, outcome: &Outcome) -> bool {
        let got = |call: &ToolCall| call.tool == self.tool && call.scripted != Some(false);
        outcome.calls.iter().any(got)
    }
}

impl<'a> Unasked<'a> {
    /// Those of a case that was carried out; while it was not, more could have been asked.
    pub(super) fn of(spec: &'a CaseSpec, record: &Record<'_>, over: bool) -> Self {
        let faults = spec.steps().into_iter().filter_map(fooled).filter(|fault| {
            let after = |ran: &&Ran<'_>| {
                let invocation = ran.invocation;
                let step = invocation.step();
                step.is_some_and(|path| fault.is_before(path, &invocation.node))
            };
            let runs: Vec<_> = record.runs.iter().filter(after).collect();
            let mut outcomes = runs.iter().filter_map(|ran| ran.outcome());
            over && !runs.is_empty() && !outcomes.any(|outcome| fault.was_asked(outcome))
        });
        Self {
            faults: faults.collect(),
        }
    }

    /// Notes what the agent was not put to the test by.
    pub(super) fn tell(&self, told: &mut Told) {
        told.notes.extend(self.faults.iter().map(|fault| {
            format!(
                "{}: {} on {} was never asked for what it was told to answer; the agent was not put to that test, \
                 and its exit codes after it are not judged by `returns`",
                fault.path, fault.tool, fault.node
            )
        }));
    }

    /// The run as it is to be judged: with any code of the standard where the answers were to bring the code about.
    pub(super) fn loosen<'r>(&self, path: &StepPath, run: &'r Run) -> Cow<'r, Run> {
        if !self.faults.iter().any(|it| it.is_before(path, &run.node)) {
            return Cow::Borrowed(run);
        }
        let mut run = run.clone();
        run.returns.0.push(Returned::Anything);
        Cow::Owned(run)
    }
}

/// The fault of a step that tells a tool what to answer to some calls. One that answers every call is none: not to ask
/// the tool at all may be just what is wanted then.
fn fooled(StepAt { path, step }: StepAt<'_>) -> Option<Fooled<'_>> {
    match step {
        Step::Fault(Fault::Tool {
            node,
            name,
            answers,
        }) if answers.iter().any(|answer| !answer.when.is_empty()) => Some(Fooled {
            path,
            node,
            tool: name,
        }),
        _ => None,
    }
}
