//! Harm done to the network between the nodes.

use super::injection::Injection;
use crate::case::NetworkDo;
use crate::drive::postcopy;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::lab::Cable;

pub(super) struct Network<'a>(pub(super) &'a NetworkDo);

impl Injection for Network<'_> {
    fn describe(&self) -> String {
        let node = self.0.node();
        match self.0 {
            NetworkDo::Cut(_) => format!("node {node} is cut off"),
            NetworkDo::CutRing(_) => format!("node {node} is cut off the cluster's network"),
            NetworkDo::Deafen(_) => format!("what is sent to node {node} is lost"),
            NetworkDo::Slow(_) => format!("what is sent to node {node} comes slowly"),
            NetworkDo::Reset(_) => format!("the connections of node {node} are reset"),
            NetworkDo::InterruptPostCopy(_) => {
                format!("node {node} is cut off in the middle of a post-copy to it")
            }
            NetworkDo::BreakPostCopy(_) => {
                format!("the post-copy to node {node} loses its network")
            }
        }
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let cable = |cable| stage.lab.cable(self.0.node(), cable);
        match self.0 {
            NetworkDo::Cut(_) => Ok(cable(Cable::Cut)?),
            NetworkDo::CutRing(_) => Ok(cable(Cable::RingCut)?),
            NetworkDo::Deafen(_) => Ok(cable(Cable::Deaf)?),
            NetworkDo::Slow(_) => Ok(cable(Cable::Slow)?),
            NetworkDo::Reset(_) => self.reset(stage),
            NetworkDo::InterruptPostCopy(target) => {
                cable(Cable::Cut)?;
                self.took_effect(postcopy::goes_on(stage, target)?)
            }
            NetworkDo::BreakPostCopy(target) => {
                // First the cable, so that the source hears nothing of it: QEMU 10.0.2 was seen to let the guest run on
                // there when it does, which no agent could help.
                cable(Cable::Cut)?;
                self.reset(stage)?;
                postcopy::await_failure(stage, target)
            }
        }
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.lab.cable(self.0.node(), Cable::Whole)?)
    }
}

impl Network<'_> {
    fn reset(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        self.took_effect(stage.lab.reset_connections(self.0.node())?)
    }

    fn took_effect(&self, did: bool) -> Result<(), Trouble> {
        if did {
            return Ok(());
        }
        Err(Trouble::NoEffect(self.describe()))
    }
}
