//! The step `outside`: what an operator does by hand.

use super::operator::{self, OperatorAction};
use super::stage::Stage;
use super::trouble::Trouble;
use super::{furnish, postcopy};
use crate::case::Outside;

/// The action as a person would say it.
pub(super) fn describe(action: &Outside) -> String {
    match action {
        Outside::Suspend(node) => format!("suspend the guest on {node}"),
        Outside::Resume(node) => format!("resume the guest on {node}"),
        Outside::Create(node) => format!("create the guest on {node}"),
        Outside::Define(node) => format!("define the guest on {node}"),
        Outside::Autostart(node) => format!("mark the guest on {node} for autostart"),
        Outside::Abort(node) => format!("abort the job on {node}"),
        Outside::Destroy(node) => format!("destroy the guest on {node}"),
        Outside::PostCopy(node) => format!("migrate the guest from {node} by post-copy"),
    }
}

/// Does it.
///
/// # Errors
/// When libvirt refuses, or the migration does not come to its post-copy.
pub(super) fn act(stage: &Stage<'_>, action: &Outside) -> Result<(), Trouble> {
    let uuid = stage.lab.subject().uuid;
    let (name, action) = match action {
        Outside::Suspend(node) => (node, OperatorAction::Suspend(uuid)),
        Outside::Resume(node) => (node, OperatorAction::Resume(uuid)),
        Outside::Create(node) => (node, OperatorAction::Create(furnish::plain(stage))),
        Outside::Define(node) => (node, OperatorAction::Define(furnish::plain(stage))),
        Outside::Autostart(node) => {
            operator::ask(
                stage.node(node)?,
                OperatorAction::Define(furnish::plain(stage)),
            )?;
            (node, OperatorAction::Autostart(uuid))
        }
        Outside::Abort(node) => {
            // virt 0.5 wraps no virDomainAbortJob.
            let args = ["--connect", "qemu:///system", "domjobabort", &uuid];
            stage.node(node)?.run("virsh", &args)?;
            return Ok(());
        }
        Outside::PostCopy(node) => return postcopy::begin(stage, node),
        Outside::Destroy(node) => (node, OperatorAction::Destroy(uuid)),
    };
    operator::ask(stage.node(name)?, action)?;
    stage.look(name);
    Ok(())
}
