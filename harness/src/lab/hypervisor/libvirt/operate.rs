use std::time::Duration;

use virt::connect::Connect;
use virt::domain::DomainState;
use virt::error::{Error, ErrorNumber};

use super::ask::{Daemon, ask, ask_patiently};
use crate::lab::error::LabError;
use crate::lab::hypervisor::contract::{MigrationLimit, OperatorAction};

/// Asks a daemon for it, and waits for its answer.
pub(super) fn operate(daemon: &Daemon, action: OperatorAction) -> Result<(), LabError> {
    ask(daemon, name(&action), move |connection| {
        carry_out(connection, &action)
    })
}

/// How long a daemon may take to set a limit: the agent that is about to migrate waits for it.
const SHORTLY: Duration = Duration::from_secs(5);

/// Sets a limit of the domain's, which QEMU's driver uses for each migration that has none of its own.
/// Source: `qemuDomainMigrateSetMaxSpeed` and `qemuMigrationSrcRun` in libvirt.
pub(super) fn limit_migrations(daemon: &Daemon, limit: MigrationLimit) -> Result<(), LabError> {
    let MigrationLimit { uuid, speed } = limit;
    ask_patiently(
        daemon,
        "limit migrations",
        SHORTLY,
        move |connection| match connection.lookup_domain_by_uuid_string(&uuid) {
            Ok(domain) if domain.is_active()? => domain.migrate_set_max_speed(speed.into(), 0),
            Ok(_) => Ok(()),
            Err(error) if error.code().is(ErrorNumber::NoDomain) => Ok(()),
            Err(error) => Err(error),
        },
    )
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
