//! The step `outside`: what an operator does by hand.

use super::stage::Stage;
use super::trouble::Trouble;
use super::{furnish, postcopy, qmp};
use crate::case::Outside;
use crate::history::NodeName;
use crate::lab::{OperatorAction, QmpCommand};

/// The action as a person would say it.
pub(super) fn describe(action: &Outside) -> String {
    match action {
        Outside::Suspend(node) => format!("suspend the guest on {node}"),
        Outside::Resume(node) => format!("resume the guest on {node}"),
        Outside::Create(node) => format!("create the guest on {node}"),
        Outside::Define(node) => format!("define the guest on {node}"),
        Outside::Autostart(node) => format!("mark the guest on {node} for autostart"),
        Outside::Abort(node) => format!("abort the job on {node}"),
        Outside::Migrate(node) => format!("migrate the guest from {node}, slowly"),
        Outside::Destroy(node) => format!("destroy the guest on {node}"),
        Outside::PostCopy(node) => format!("migrate the guest from {node} by post-copy"),
    }
}

/// Does it.
///
/// # Errors
/// When the hypervisor refuses, or the migration does not come to its post-copy.
pub(super) fn act(stage: &Stage<'_>, action: &Outside) -> Result<(), Trouble> {
    let runs_itself = !stage.actors.profile.engine().asks_libvirt();
    match (runs_itself, action) {
        (true, Outside::Suspend(node)) => tell(stage, node, QmpCommand::Stop),
        (true, Outside::Resume(node)) => tell(stage, node, QmpCommand::Continue),
        (true, Outside::Destroy(node)) => tell(stage, node, QmpCommand::Quit),
        (true, Outside::Abort(node)) => tell(stage, node, QmpCommand::CancelMigration),
        _ => act_by_hypervisor(stage, action),
    }
}

/// Tells the emulators of the subject on a node something, which libvirt does not run.
fn tell(stage: &Stage<'_>, name: &NodeName, command: QmpCommand) -> Result<(), Trouble> {
    qmp::tell(stage.node(name)?, &stage.lab.subject().uuid, command)?;
    stage.look(name);
    Ok(())
}

fn act_by_hypervisor(stage: &Stage<'_>, action: &Outside) -> Result<(), Trouble> {
    let hypervisor = stage.lab.hypervisor();
    let uuid = stage.lab.subject().uuid;
    let (name, action) = match action {
        Outside::Suspend(node) => (node, OperatorAction::Suspend(uuid)),
        Outside::Resume(node) => (node, OperatorAction::Resume(uuid)),
        Outside::Create(node) => (node, OperatorAction::Create(furnish::plain(stage))),
        Outside::Define(node) => (node, OperatorAction::Define(furnish::plain(stage))),
        Outside::Autostart(node) => {
            let define = OperatorAction::Define(furnish::plain(stage));
            hypervisor.operate(stage.node(node)?, define)?;
            (node, OperatorAction::Autostart(uuid))
        }
        Outside::Abort(node) => {
            return Ok(hypervisor.abort_job(stage.node(node)?, &uuid)?);
        }
        Outside::PostCopy(node) => return postcopy::begin(stage, node),
        Outside::Migrate(node) => return postcopy::begin_slowly(stage, node),
        Outside::Destroy(node) => (node, OperatorAction::Destroy(uuid)),
    };
    hypervisor.operate(stage.node(name)?, action)?;
    stage.look(name);
    Ok(())
}
