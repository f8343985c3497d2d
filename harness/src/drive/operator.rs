//! What an operator does by hand through libvirt, outside the cluster.

use virt::connect::Connect;
use virt::domain::DomainState;
use virt::error::Error;

use crate::lab::{LabError, Node, ask_libvirt};

/// One thing asked of libvirt by hand.
#[derive(Clone, Debug)]
pub(super) enum OperatorAction {
    /// Create a transient domain of that definition.
    Create(String),
    /// Define a persistent domain.
    Define(String),
    /// Suspend the domain of that UUID.
    Suspend(String),
    /// Resume it.
    Resume(String),
    /// Mark it for autostart.
    Autostart(String),
    /// Destroy the domain.
    Destroy(String),
    /// Start the defined domain and save it, so that a managed-save image is left.
    Save(String),
}

impl OperatorAction {
    const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create a domain",
            Self::Define(_) => "define a domain",
            Self::Suspend(_) => "suspend the domain",
            Self::Resume(_) => "resume the domain",
            Self::Autostart(_) => "mark the domain for autostart",
            Self::Destroy(_) => "destroy the domain",
            Self::Save(_) => "save the domain",
        }
    }
}

/// Asks libvirt on a node, and waits for its answer with patience.
///
/// # Errors
/// When libvirt refuses, or does not answer in time.
pub(super) fn ask(node: &dyn Node, action: OperatorAction) -> Result<(), LabError> {
    ask_libvirt(node, action.name(), move |connection| {
        carry_out(connection, &action)
    })
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

/// libvirt's id of the active domain with that UUID.
///
/// # Errors
/// When libvirt does not know it, or it is not active.
pub(super) fn id_of(node: &dyn Node, uuid: &str) -> Result<u32, LabError> {
    let uuid = uuid.to_owned();
    ask_libvirt(node, "look up a domain's id", move |connection| {
        let domain = connection.lookup_domain_by_uuid_string(&uuid)?;
        // An active domain has an id; the lab's bystander always is.
        Ok(domain.id().unwrap_or_default())
    })
}
