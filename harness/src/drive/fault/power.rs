//! The power of a node's machine.

use super::injection::Injection;
use crate::drive::furnish;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;

pub(super) struct Power<'a>(pub(super) &'a NodeName);

impl Injection for Power<'_> {
    fn describe(&self) -> String {
        format!("the power of node {} is cut", self.0)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.lab.cut_power(self.0)?)
    }

    /// Waits until the node is up with the case's files; but not for a person who wants the run to end. A node of this
    /// machine stays without power, for its lab is replaced, unless the case has it join its cluster again.
    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        if stage.lab.calls().is_some() {
            return Ok(());
        }
        stage.lab.give_power(self.0)?;
        stage.check_deadline()?;
        furnish::raise_again(stage, self.0)
    }
}
