//! A hypervisor's daemon that ends, hangs or starts anew.

use super::injection::Injection;
use crate::case::DaemonDo;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{self, Node};

pub(super) struct Daemon<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: DaemonDo,
}

impl Injection for Daemon<'_> {
    fn describe(&self) -> String {
        format!("{:?} libvirtd on {}", self.what, self.node).to_lowercase()
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.node)?;
        match self.what {
            DaemonDo::Stop => node.daemon(lab::DaemonDo::Stop)?,
            DaemonDo::Kill => node.daemon(lab::DaemonDo::Kill)?,
            DaemonDo::Freeze => node.daemon(lab::DaemonDo::Freeze)?,
            DaemonDo::Restart => {
                node.daemon(lab::DaemonDo::Kill)?;
                node.daemon(lab::DaemonDo::Start)?;
            }
            DaemonDo::Forget => {
                node.daemon(lab::DaemonDo::Kill)?;
                // Where libvirt keeps what it knows of running domains.
                let name = stage.lab.subject().name;
                node.remove(format!("/run/libvirt/qemu/{name}.xml").as_ref())?;
                node.daemon(lab::DaemonDo::Start)?;
            }
            DaemonDo::Boot => {
                node.daemon(lab::DaemonDo::Kill)?;
                // By which libvirt knows that it has started everything since the boot.
                node.remove("/run/libvirt/qemu/autostarted".as_ref())?;
                node.daemon(lab::DaemonDo::Start)?;
            }
        }
        Ok(())
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
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
    match node.libvirtd()? {
        Some(daemon) if daemon.state == 'T' => node.daemon(lab::DaemonDo::Continue)?,
        Some(_) => {}
        None => node.daemon(lab::DaemonDo::Start)?,
    }
    Ok(())
}
