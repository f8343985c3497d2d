//! The daemon that ends guests for fence agents, killed or hanging on one node.

use super::injection::Injection;
use crate::case::Pause;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::equipment::PartFault;
use crate::history::NodeName;

pub(super) struct FenceDaemon<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: Pause,
}

impl Injection for FenceDaemon<'_> {
    fn describe(&self) -> String {
        let node = self.node;
        match self.what {
            Pause::Freeze => format!("freeze the fence daemon on {node}"),
            Pause::Kill => format!("kill the fence daemon on {node}"),
        }
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let fault = match self.what {
            Pause::Freeze => PartFault::FenceDaemonFrozen,
            Pause::Kill => PartFault::FenceDaemonKilled,
        };
        Ok(stage.node(self.node)?.inject(fault)?)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.node(self.node)?.revive_parts()?)
    }
}
