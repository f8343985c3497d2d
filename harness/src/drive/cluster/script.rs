//! What stands in the agent's place in the cluster is told to answer, or to wait.

use crate::case::{ActionAt, Answer};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{CallServer, RunFilter, ScriptedAnswer};
use crate::ocf::Verb;

/// Answers the next runs.
///
/// # Errors
/// When the lab has no cluster.
pub(super) fn answer(stage: &Stage<'_>, answer: &Answer) -> Result<(), Trouble> {
    server(stage)?.answer(ScriptedAnswer {
        to: runs(&answer.action, &answer.node),
        code: answer.returns,
        times: answer.times,
    });
    Ok(())
}

/// Lets the next run wait.
///
/// # Errors
/// As for [`answer`].
pub(super) fn hold(stage: &Stage<'_>, at: &ActionAt) -> Result<(), Trouble> {
    server(stage)?.hold(runs(&at.action, &at.node));
    Ok(())
}

/// Lets what waits go on.
///
/// # Errors
/// As for [`answer`].
pub(super) fn let_go(stage: &Stage<'_>, at: &ActionAt) -> Result<(), Trouble> {
    server(stage)?.let_go(&runs(&at.action, &at.node));
    Ok(())
}

fn runs(action: &Verb, node: &NodeName) -> RunFilter {
    RunFilter {
        action: action.clone(),
        node: node.clone(),
    }
}

fn server<'a>(stage: &'a Stage<'_>) -> Result<&'a CallServer, Trouble> {
    let server = stage.lab.calls();
    server.ok_or_else(|| Trouble::Step("the lab has no cluster".into()))
}
