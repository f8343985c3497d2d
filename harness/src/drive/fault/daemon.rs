//! A hypervisor's daemon that ends, hangs or starts anew.

use super::injection::Injection;
use super::toolstack;
use crate::case::DaemonDo;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{DaemonAction, Node, RuntimeRecord};
use crate::word::word;

pub(super) struct Daemon<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: DaemonDo,
}

impl Injection for Daemon<'_> {
    fn describe(&self) -> String {
        format!("{} libvirtd on {}", word(&self.what), self.node)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        if stage.actors.profile.engine().stand_in().is_some() {
            return toolstack::harm(stage, self.node, self.what);
        }
        let node = stage.node(self.node)?;
        match self.what {
            DaemonDo::Stop => node.control_daemon(DaemonAction::Stop)?,
            DaemonDo::Kill => node.control_daemon(DaemonAction::Kill)?,
            DaemonDo::Freeze => node.control_daemon(DaemonAction::Freeze)?,
            DaemonDo::Restart => {
                node.control_daemon(DaemonAction::Kill)?;
                node.control_daemon(DaemonAction::Start)?;
            }
            DaemonDo::Forget => {
                node.control_daemon(DaemonAction::Kill)?;
                let name = stage.lab.subject().name;
                let record = RuntimeRecord::Domain(&name);
                node.remove(&stage.lab.hypervisor().runtime_record(record))?;
                node.control_daemon(DaemonAction::Start)?;
            }
            DaemonDo::Boot => {
                node.control_daemon(DaemonAction::Kill)?;
                let record = RuntimeRecord::Started;
                node.remove(&stage.lab.hypervisor().runtime_record(record))?;
                node.control_daemon(DaemonAction::Start)?;
            }
        }
        Ok(())
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        if stage.actors.profile.engine().stand_in().is_some() {
            return toolstack::mend(stage, self.node);
        }
        match self.what {
            DaemonDo::Stop | DaemonDo::Kill | DaemonDo::Freeze => revive(stage.node(self.node)?),
            DaemonDo::Restart | DaemonDo::Forget | DaemonDo::Boot => Ok(()),
        }
    }
}

/// Lets a frozen daemon go on, and starts one that is gone.
///
/// # Errors
/// When it does not come up.
pub(super) fn revive(node: &dyn Node) -> Result<(), Trouble> {
    // Not by name alone: of one that has just ended a process may be there until it is reaped.
    match node.daemon_process()? {
        Some(daemon) if daemon.is_stopped() => node.control_daemon(DaemonAction::Continue)?,
        Some(_) => {}
        None => node.control_daemon(DaemonAction::Start)?,
    }
    Ok(())
}
