//! What a case has in the agent's place in a cluster: answers, and runs that wait.

use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{ActionAt, Answer};
use crate::lab::{CallServer, RunFilter, ScriptedAnswer};

/// What serves the cluster's calls.
///
/// # Errors
/// When the lab has no cluster.
pub(super) fn calls<'a>(stage: &Stage<'a>) -> Result<&'a CallServer, Trouble> {
    let calls = stage.lab.calls();
    calls.ok_or_else(|| Trouble::Step("the lab has no cluster".into()))
}

/// Answers in the agent's place when the cluster asks next.
///
/// # Errors
/// As for [`calls`].
pub(super) fn answer(stage: &Stage<'_>, answer: &Answer) -> Result<(), Trouble> {
    calls(stage)?.answer(ScriptedAnswer {
        to: RunFilter {
            action: answer.action.clone(),
            node: answer.node.clone(),
        },
        code: answer.returns,
        times: answer.times,
    });
    Ok(())
}

/// Makes the next run of an action wait before the agent begins.
///
/// # Errors
/// As for [`calls`].
pub(super) fn hold(stage: &Stage<'_>, at: &ActionAt) -> Result<(), Trouble> {
    calls(stage)?.hold(filter(at));
    Ok(())
}

/// Lets a run go on that waits.
///
/// # Errors
/// As for [`calls`], and when none waits or is to wait.
pub(super) fn let_go(stage: &Stage<'_>, at: &ActionAt) -> Result<(), Trouble> {
    if calls(stage)?.let_go(&filter(at)) {
        return Ok(());
    }
    let (action, node) = (&at.action, &at.node);
    Err(Trouble::Step(format!("no {action} on {node} is held")))
}

fn filter(at: &ActionAt) -> RunFilter {
    RunFilter {
        action: at.action.clone(),
        node: at.node.clone(),
    }
}
