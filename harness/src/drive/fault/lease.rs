//! The end of sanlock on a node: it kills whoever has a lease there.

use super::emulator::Emulator;
use super::injection::Injection;
use crate::case::Pause;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::equipment::PartFault;
use crate::history::NodeName;

pub(super) struct Lease<'a>(pub(super) &'a NodeName);

impl Injection for Lease<'_> {
    fn describe(&self) -> String {
        format!("sanlock ends on {}, and with it every lease", self.0)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.0)?;
        node.inject(PartFault::LeaseLost)?;
        let killed = Emulator {
            node: self.0,
            what: Pause::Kill,
        };
        killed.await_effect(stage)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.0)?;
        node.kill_parts()?;
        Ok(node.revive_parts()?)
    }
}
