//! libvirt's drivers for QEMU and for Linux containers.

mod ask;
mod connection;
mod definition;
mod driver;
mod operate;

use std::path::{Path, PathBuf};

use virt::connect::Connect;
use virt::domain::{Domain, DomainState};
use virt::sys;

use self::ask::{Daemon, FIRST, OWN_URI, ask, ask_patiently};
use self::connection::LibvirtConnection;
pub(super) use self::driver::Driver;
use super::contract::{
    Connection, Domains, Footprint, Hypervisor, LiveMigration, MigrationLimit, OperatorAction,
    RuntimeRecord, Way,
};
use crate::lab::command::{Command, Running};
use crate::lab::domain::DomainSpec;
use crate::lab::error::LabError;
use crate::lab::node::Node;

/// Folders that are libvirt's own business: what it keeps there of a guest that has ended is no leftover
/// of the agent's. Definitions that stay are seen as domains.
const OWN_FOLDERS: [&str; 6] = [
    "/run/libvirt/",
    "/var/lib/libvirt/",
    "/var/log/libvirt/",
    "/var/cache/libvirt/",
    "/etc/libvirt/qemu/",
    "/etc/libvirt/lxc/",
];

/// Folders in those that are the operator's: networks that were defined, and memory that was saved.
const OPERATORS_FOLDERS: [&str; 2] = ["/etc/libvirt/qemu/networks/", "/var/lib/libvirt/qemu/save/"];

/// Guests that libvirt's daemon keeps, by one of its drivers.
#[derive(Debug)]
pub(super) struct Libvirt(pub(super) Driver);

impl Libvirt {
    fn daemon(&self, node: &dyn Node) -> Daemon {
        Daemon::of(node, self.0)
    }
}

impl Hypervisor for Libvirt {
    fn definition(&self, domain: &DomainSpec) -> String {
        self.0.xml(domain)
    }

    fn connect(&self, node: &dyn Node) -> Box<dyn Connection> {
        Box::new(LibvirtConnection::to(ask::uri(node, self.0)))
    }

    fn operate(&self, node: &dyn Node, action: OperatorAction) -> Result<(), LabError> {
        operate::operate(&self.daemon(node), action)
    }

    fn limit_migrations(&self, node: &dyn Node, limit: MigrationLimit) -> Result<(), LabError> {
        operate::limit_migrations(&self.daemon(node), limit)
    }

    fn abort_job(&self, node: &dyn Node, uuid: &str) -> Result<(), LabError> {
        // virt 0.5 wraps no virDomainAbortJob.
        let args = ["--connect", OWN_URI, "domjobabort", uuid];
        node.run("virsh", &args).map(drop)
    }

    fn begin_migration(
        &self,
        source: &dyn Node,
        migration: &LiveMigration,
    ) -> Result<Box<dyn Running>, LabError> {
        let LiveMigration {
            uuid,
            target,
            transport,
            way,
        } = migration;
        let to = format!("qemu+{}://{target}/system", transport.word());
        let how = match way {
            Way::Slowly => ["--live", "--bandwidth", "1"],
            Way::PostCopy => ["--live", "--postcopy", "--postcopy-after-precopy"],
        };
        let args = [&["--connect", OWN_URI, "migrate"], &how[..], &[uuid, &to]].concat();
        source.exec(&Command::new("virsh", args))
    }
}

impl Footprint for Libvirt {
    fn runtime_record(&self, record: RuntimeRecord<'_>) -> PathBuf {
        let folder = Path::new("/run/libvirt").join(self.0.name());
        match record {
            RuntimeRecord::Domain(name) => folder.join(format!("{name}.xml")),
            RuntimeRecord::Started => folder.join("autostarted"),
        }
    }

    fn is_own_file(&self, file: &Path) -> bool {
        let is_in = |folder: &str| file.starts_with(folder);
        let of_operator = |folder: &str| is_in(folder) && file != Path::new(folder);
        OWN_FOLDERS.iter().any(|folder| is_in(folder))
            && !OPERATORS_FOLDERS.iter().any(|folder| of_operator(folder))
    }
}

impl Domains for Libvirt {
    fn run_domain(&self, node: &dyn Node, domain: &DomainSpec) -> Result<(), LabError> {
        let xml = self.0.xml(domain);
        let doing = format!("start {}", domain.name);
        ask_patiently(&self.daemon(node), &doing, FIRST, move |connect| {
            connect.define_domain_xml(&xml)?.create()
        })
    }

    fn domains(&self, node: &dyn Node) -> Result<Vec<(String, bool)>, LabError> {
        ask(&self.daemon(node), "list the domains", |connect| {
            let domains = connect.list_all_domains(0)?;
            let running = |state: virt::domain::DomainStateEnum| state.is(DomainState::Running);
            domains
                .iter()
                .map(|domain| Ok((domain.uuid_string()?, running(domain.state()?.0))))
                .collect()
        })
    }

    /// Until the daemon, if it has just begun, has found a domain again, it takes it for running, but kills the guest if
    /// anything goes wrong on the way, were it only that no room is left for a file.
    fn clear_domains(&self, node: &dyn Node, but: &str) -> Result<(), LabError> {
        let (but, driver) = (but.to_owned(), self.0);
        ask(&self.daemon(node), "remove the domains", move |connect| {
            for domain in connect.list_all_domains(0)? {
                if domain.uuid_string()? == but {
                    await_daemon(&domain, driver)?;
                    continue;
                }
                // Either may have come about by itself meanwhile; the proof looks at what is left.
                let _ = domain.destroy();
                let _ = domain.undefine_flags(
                    sys::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | sys::VIR_DOMAIN_UNDEFINE_NVRAM,
                );
            }
            Ok(())
        })
    }

    fn domain_id(&self, node: &dyn Node, uuid: &str) -> Result<u32, LabError> {
        let uuid = uuid.to_owned();
        ask(
            &self.daemon(node),
            "look up a domain's id",
            move |connect| {
                let domain = connect.lookup_domain_by_uuid_string(&uuid)?;
                // An active domain has an id; the lab's bystander always is.
                Ok(domain.id().unwrap_or_default())
            },
        )
    }
}

/// Waits until the daemon has done with a domain what it is doing: until then it does not answer this.
fn await_daemon(domain: &Domain, driver: Driver) -> Result<(), virt::error::Error> {
    match driver {
        Driver::Qemu => domain.block_stats(definition::DISK).map(drop),
        Driver::Lxc => domain.info().map(drop),
    }
}

/// Waits for the first answer of a daemon in this node: it listens before its drivers have read their configuration,
/// on which it may still fail.
pub(in crate::lab) fn first_answer() -> Result<(), virt::error::Error> {
    // Otherwise libvirt prints every error on standard error.
    virt::error::clear_error_callback();
    let connect = Connect::open(Some(OWN_URI))?;
    let answer = connect.num_of_domains();
    connection::release(connect);
    answer.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_saves_in_libvirts_folders_is_not_libvirts() {
        let is_own = |file: &str| Libvirt(Driver::Qemu).is_own_file(Path::new(file));
        assert!(is_own("/run/libvirt/qemu/vm1.xml"));
        assert!(is_own("/etc/libvirt/qemu/networks"));
        assert!(!is_own("/etc/libvirt/qemu/networks/default.xml"));
        assert!(!is_own("/etc/libvirt/ha/vm1.xml"));
        assert!(!is_own("/run/libvirtual"));
    }
}
