//! Harm done to the network between the nodes.

use super::stage::Stage;
use super::{Trouble, postcopy};
use crate::case::NetworkDo;
use crate::lab::Cable;

/// A harm as a person would say it.
pub(super) fn describe(harm: &NetworkDo) -> String {
    let node = harm.node();
    match harm {
        NetworkDo::Cut(_) => format!("node {node} is cut off"),
        NetworkDo::Deafen(_) => format!("what is sent to node {node} is lost"),
        NetworkDo::Slow(_) => format!("what is sent to node {node} comes slowly"),
        NetworkDo::Reset(_) => format!("the connections of node {node} are reset"),
        NetworkDo::InterruptPostCopy(_) => {
            format!("node {node} is cut off in the middle of a post-copy to it")
        }
        NetworkDo::BreakPostCopy(_) => format!("the post-copy to node {node} loses its network"),
    }
}

/// Does it.
///
/// # Errors
/// When it cannot be done, there is no connection to reset, or no post-copy that fails.
pub(super) fn harm(stage: &Stage<'_>, harm: &NetworkDo) -> Result<(), Trouble> {
    let cable = match harm {
        NetworkDo::Cut(_) => Cable::Cut,
        NetworkDo::Deafen(_) => Cable::Deaf,
        NetworkDo::Slow(_) => Cable::Slow,
        NetworkDo::Reset(_) => return reset(stage, harm),
        NetworkDo::InterruptPostCopy(target) => {
            stage.lab.cable(target, Cable::Cut)?;
            let goes_on = postcopy::goes_on(stage, target)?;
            return goes_on
                .then_some(())
                .ok_or_else(|| Trouble::NoEffect(describe(harm)));
        }
        NetworkDo::BreakPostCopy(target) => {
            // First the cable, so that the source hears nothing of it: QEMU 10.0.2 was seen to let the guest run on
            // there when it does, which no agent could help.
            stage.lab.cable(target, Cable::Cut)?;
            reset(stage, harm)?;
            return postcopy::await_failure(stage, target);
        }
    };
    Ok(stage.lab.cable(harm.node(), cable)?)
}

fn reset(stage: &Stage<'_>, harm: &NetworkDo) -> Result<(), Trouble> {
    if stage.lab.reset_connections(harm.node())? {
        return Ok(());
    }
    Err(Trouble::NoEffect(describe(harm)))
}
