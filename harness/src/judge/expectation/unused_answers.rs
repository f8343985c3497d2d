//! Scripted tools whose answers no run of the agent ever got.
//!
//! An agent that asks in another way is not to blame, nor was it put to the test: the case is judged without what the
//! answers were to bring about, and a note says so.

use std::borrow::Cow;

use crate::case::{Fault, Returned, Run, Step, StepAt};
use crate::history::{NodeName, Outcome, StepPath, ToolCall};
use crate::judge::evidence::Evidence;
use crate::judge::record::Ran;

/// The scripted tools of a case that gave none of their answers.
pub(super) struct UnusedAnswers<'a> {
    tools: Vec<ScriptedTool<'a>>,
}

/// A tool on a node, and the step that scripted its answers.
struct ScriptedTool<'a> {
    path: StepPath,
    node: &'a NodeName,
    tool: &'a str,
}

impl ScriptedTool<'_> {
    /// Whether a run at that step could have asked.
    fn is_before(&self, path: &StepPath, node: &NodeName) -> bool {
        self.node == node && self.path < *path
    }

    /// Whether a run got one of the answers.
    fn was_asked(&self, outcome: &Outcome) -> bool {
        let got = |call: &ToolCall| call.tool == self.tool && call.answered.is_some();
        outcome.calls.iter().any(got)
    }
}

impl<'a> UnusedAnswers<'a> {
    /// Those of a case that was carried out; while it was not, more could have been asked.
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let is_unused = |tool: &ScriptedTool<'_>| {
            let after = |ran: &&Ran<'_>| {
                let invocation = ran.invocation;
                let step = invocation.step();
                step.is_some_and(|path| tool.is_before(path, &invocation.node))
            };
            let runs: Vec<_> = evidence.record.runs.iter().filter(after).collect();
            let mut outcomes = runs.iter().filter_map(|ran| ran.outcome());
            evidence.complete
                && !runs.is_empty()
                && !outcomes.any(|outcome| tool.was_asked(outcome))
        };
        let steps = evidence.spec.steps().into_iter();
        let tools = steps.filter_map(scripted_tool);
        Self {
            tools: tools.filter(is_unused).collect(),
        }
    }

    /// What the agent was not tested by, as notes.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.tools.iter().map(|scripted| {
            format!(
                "{}: the agent never made the scripted `{}` call on {}; `returns` is not checked for its later runs there",
                scripted.path, scripted.tool, scripted.node
            )
        })
    }

    /// The run as it is to be judged: with any code of the standard where the answers were to bring the code about.
    pub(super) fn loosen<'r>(&self, path: &StepPath, run: &'r Run) -> Cow<'r, Run> {
        if !self
            .tools
            .iter()
            .any(|tool| tool.is_before(path, &run.node))
        {
            return Cow::Borrowed(run);
        }
        let mut run = run.clone();
        run.returns.0.push(Returned::Anything);
        Cow::Owned(run)
    }
}

/// The tool of a step that scripts its answers to some calls. One that answers every call does not count: not to ask the
/// tool at all may be just what is wanted then.
fn scripted_tool(StepAt { path, step }: StepAt<'_>) -> Option<ScriptedTool<'_>> {
    match step {
        Step::Fault(Fault::Tool {
            node,
            name,
            answers,
        }) if answers.iter().any(|answer| !answer.when.is_empty()) => Some(ScriptedTool {
            path,
            node,
            tool: name,
        }),
        _ => None,
    }
}
