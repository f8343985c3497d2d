//! The step `outside`: what an operator does by hand.

use super::control::Order;
use super::stage::Stage;
use super::trouble::Trouble;
use super::{furnish, postcopy};
use crate::case::Outside;
use crate::history::NodeName;
use crate::lab::OperatorAction;

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
/// When it is refused, or the migration does not come to its post-copy.
pub(super) fn act(stage: &Stage<'_>, action: &Outside) -> Result<(), Trouble> {
    let define = || OperatorAction::Define(furnish::plain(stage));
    match action {
        Outside::Suspend(node) => order(stage, node, Order::Suspend),
        Outside::Resume(node) => order(stage, node, Order::Resume),
        Outside::Destroy(node) => order(stage, node, Order::Destroy),
        Outside::Abort(node) => order(stage, node, Order::AbortMigration),
        Outside::Create(node) => create(stage, node, furnish::plain(stage)),
        Outside::Define(node) => operate(stage, node, [define()]),
        Outside::Autostart(node) => {
            let uuid = stage.lab.subject().uuid;
            operate(stage, node, [define(), OperatorAction::Autostart(uuid)])
        }
        Outside::PostCopy(node) => postcopy::begin(stage, node),
        Outside::Migrate(node) => postcopy::begin_slowly(stage, node),
    }
}

/// Has what runs the subject on a node start it from a definition.
///
/// # Errors
/// When it is refused.
pub(super) fn create(
    stage: &Stage<'_>,
    name: &NodeName,
    definition: String,
) -> Result<(), Trouble> {
    stage.control.create(stage.node(name)?, definition)?;
    stage.look(name);
    Ok(())
}

/// Gives an order to what runs the subject on a node.
fn order(stage: &Stage<'_>, name: &NodeName, order: Order) -> Result<(), Trouble> {
    stage.control.order(stage.node(name)?, order)?;
    stage.look(name);
    Ok(())
}

/// Has the hypervisor of a node do what it alone can.
fn operate(
    stage: &Stage<'_>,
    name: &NodeName,
    actions: impl IntoIterator<Item = OperatorAction>,
) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    for action in actions {
        stage.lab.hypervisor().operate(node, action)?;
    }
    stage.look(name);
    Ok(())
}
