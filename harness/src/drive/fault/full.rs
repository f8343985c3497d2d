//! A node without any room in the folders that an agent may write to.

use super::injection::Injection;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;

pub(super) struct Full<'a>(pub(super) &'a NodeName);

impl Injection for Full<'_> {
    fn describe(&self) -> String {
        format!("no room is left on {}", self.0)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.lab.room(self.0, false)?)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.lab.room(self.0, true)?)
    }
}
