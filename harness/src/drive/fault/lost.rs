//! A node that is lost, as far as the subject goes.

use super::daemon;
use super::emulator::Emulator;
use super::injection::Injection;
use crate::case::Pause;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{Cable, DaemonAction};

pub(super) struct Lost<'a>(pub(super) &'a NodeName);

impl Injection for Lost<'_> {
    fn describe(&self) -> String {
        format!("node {} is lost", self.0)
    }

    /// The daemon dies first, and the lock's daemon while the emulator stands still, so that nothing cleans up after the
    /// others: nothing does on a node without power.
    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.0)?;
        let emulator = |what| Emulator { node: self.0, what };
        stage.lab.cable(self.0, Cable::Cut)?;
        node.control_daemon(DaemonAction::Kill)?;
        emulator(Pause::Freeze).inject(stage)?;
        node.kill_parts()?;
        emulator(Pause::Kill).inject(stage)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        stage.lab.cable(self.0, Cable::Whole)?;
        let node = stage.node(self.0)?;
        node.revive_parts()?;
        daemon::revive(node)
    }
}
