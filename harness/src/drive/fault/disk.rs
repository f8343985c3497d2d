//! A disk of the subject whose requests fail, or are never answered.

use super::injection::Injection;
use crate::case::DiskDo;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::DiskHarm;

pub(super) struct Disk<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: DiskDo,
}

impl Injection for Disk<'_> {
    fn describe(&self) -> String {
        format!("the disk {:?}s on {}", self.what, self.node).to_lowercase()
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        match self.what {
            DiskDo::Fail => {
                stage.lab.harm_disk(self.node, DiskHarm::Fails)?;
                stage.await_io_error(self.node)
            }
            DiskDo::Hang => Ok(stage.lab.harm_disk(self.node, DiskHarm::Hangs)?),
        }
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(stage.lab.harm_disk(self.node, DiskHarm::Whole)?)
    }
}
