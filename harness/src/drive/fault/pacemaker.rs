//! A daemon of the cluster that is killed or stands still.

use super::injection::Injection;
use crate::case::{ClusterDaemon, Pause};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;

pub(super) struct Pacemaker<'a> {
    pub(super) node: &'a NodeName,
    pub(super) daemon: ClusterDaemon,
    pub(super) what: Pause,
}

impl Injection for Pacemaker<'_> {
    fn describe(&self) -> String {
        let (program, node) = (self.daemon.program(), self.node);
        match self.what {
            Pause::Freeze => format!("freeze {program} on {node}"),
            Pause::Kill => format!("kill {program} on {node}"),
        }
    }

    fn inject(&self, _stage: &Stage<'_>) -> Result<(), Trouble> {
        Err(Trouble::Step(
            "harm to Pacemaker's daemons is not built yet".into(),
        ))
    }

    fn undo(&self, _stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(())
    }
}
