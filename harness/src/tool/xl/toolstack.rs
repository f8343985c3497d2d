use std::thread;

use virt::connect::Connect;
use virt::sys;

use super::answer::Failed;
use super::domain::Domain;
use crate::tool::host::{Down, own_name};

/// By which a node reaches its own libvirt.
const OWN_URI: &str = "qemu:///system";

/// The toolstack of this node: libvirt, which has its guests.
pub(super) struct Toolstack {
    connection: Connect,
}

impl Toolstack {
    /// Connects to it.
    pub(super) fn open() -> Result<Self, Failed> {
        fail_as(Down::of(&own_name()?))?;
        // Otherwise libvirt prints every error on standard error.
        virt::error::clear_error_callback();
        let connection = Connect::open(Some(OWN_URI)).map_err(|_| no_hypervisor())?;
        Ok(Self { connection })
    }

    /// All domains, Domain-0 first.
    pub(super) fn domains(&self) -> Result<Vec<Domain>, Failed> {
        let active = sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE;
        let found = self.connection.list_all_domains(active)?;
        // One that cannot be described has ended meanwhile.
        let guests = found
            .into_iter()
            .filter_map(|one| Domain::of(one).ok().flatten());
        let mut all: Vec<_> = std::iter::once(Domain::zero()).chain(guests).collect();
        all.sort_by_key(|domain| domain.id);
        Ok(all)
    }

    /// The domain of that number or name.
    pub(super) fn find(&self, wanted: &str) -> Result<Domain, Failed> {
        let number: Option<u32> = wanted.parse().ok();
        let is_it = |domain: &Domain| match number {
            Some(number) => domain.id == number,
            None => domain.name == wanted,
        };
        let unknown = || format!("{wanted} is an invalid domain identifier (rc=-6)");
        let mut domains = self.domains()?.into_iter();
        domains
            .find(is_it)
            .ok_or_else(|| Failed::because(unknown()))
    }

    /// Whether a guest is there whose own name this is, and which Xen calls otherwise while it is on the way.
    pub(super) fn has_on_the_way(&self, name: &str) -> Result<bool, Failed> {
        let ways = ["incoming", "migratedaway"].map(|way| format!("{name}--{way}"));
        let domains = self.domains()?;
        Ok(domains.iter().any(|domain| ways.contains(&domain.name)))
    }

    /// The domain of that number or name, which is not Domain-0.
    pub(super) fn guest(&self, wanted: &str) -> Result<virt::domain::Domain, Failed> {
        let refused = || Failed::because("Cannot destroy or stop privileged domain 0.");
        self.find(wanted)?.guest.ok_or_else(refused)
    }

    /// libvirt itself.
    pub(super) const fn libvirt(&self) -> &Connect {
        &self.connection
    }
}

/// Fails as a node's toolstack does: without a hypervisor, or with xenstored dead.
pub(super) fn fail_as(down: Option<Down>) -> Result<(), Failed> {
    match down {
        None => Ok(()),
        Some(Down::Fails) => Err(no_hypervisor()),
        Some(Down::Hangs) => loop {
            thread::park();
        },
    }
}

fn no_hypervisor() -> Failed {
    Failed::because(
        "xencall: error: no handle on the privileged command interface\n\
         libxl: error: cannot open a handle of the hypervisor\n\
         cannot init xl context",
    )
}
