use virt::connect::Connect;
use virt::domain::DomainState;
use virt::error::Error;

use super::ask::ask;
use crate::lab::error::LabError;
use crate::lab::hypervisor::contract::OperatorAction;
use crate::lab::node::Node;

/// Asks the daemon of a node for it, and waits for its answer.
pub(super) fn operate(node: &dyn Node, action: OperatorAction) -> Result<(), LabError> {
    ask(node, name(&action), move |connection| {
        carry_out(connection, &action)
    })
}

const fn name(action: &OperatorAction) -> &'static str {
    match action {
        OperatorAction::Create(_) => "create a domain",
        OperatorAction::Define(_) => "define a domain",
        OperatorAction::Suspend(_) => "suspend the domain",
        OperatorAction::Resume(_) => "resume the domain",
        OperatorAction::Autostart(_) => "mark the domain for autostart",
        OperatorAction::Destroy(_) => "destroy the domain",
        OperatorAction::Save(_) => "save the domain",
    }
}

fn carry_out(connection: &Connect, action: &OperatorAction) -> Result<(), Error> {
    let find = |uuid: &str| connection.lookup_domain_by_uuid_string(uuid);
    match action {
        OperatorAction::Create(xml) => connection.create_domain_xml(xml, 0).map(drop),
        OperatorAction::Define(xml) => connection.define_domain_xml(xml).map(drop),
        OperatorAction::Suspend(uuid) => find(uuid)?.suspend(),
        OperatorAction::Resume(uuid) => {
            let domain = find(uuid)?;
            // Whoever resumed it before is for the case to judge, and no trouble of the lab's.
            if domain.state()?.0.is(DomainState::Running) {
                return Ok(());
            }
            domain.resume()
        }
        OperatorAction::Autostart(uuid) => find(uuid)?.set_autostart(true),
        OperatorAction::Destroy(uuid) => find(uuid)?.destroy(),
        OperatorAction::Save(uuid) => {
            let domain = find(uuid)?;
            domain.create()?;
            domain.managed_save(0)
        }
    }
}
