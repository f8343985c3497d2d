//! What a lab can be equipped with, in parts: locks on the subject's disk, kinds of libvirt's daemons, transports, a
//! cluster.
//!
//! A new part is one file here, which implements [`Part`], its line in [`ALL`], and its word in [`crate::equipment`].

mod containers;
mod drivers;
mod etc;
mod fence_virtd;
mod first_processor;
mod image;
mod kernel_lock;
mod libvirt;
mod modular;
mod own_image;
mod pacemaker;
mod part;
mod sanlock;
mod single;
mod ssh;
mod tcp;
mod tls;
mod virtlockd;

pub(crate) use libvirt::{LibvirtDaemons, qemu_driver};
pub use part::LockSite;
pub(crate) use part::{LockFile, Part, PartNode};

use crate::equipment::{Containers, Daemons, Equipment, FenceDaemon, PartId};

/// Every part that a lab can be built with on some machine, in the order in which a node starts them.
pub(crate) const ALL: [&dyn Part; 14] = [
    &image::Image,
    &own_image::OwnImage,
    &virtlockd::Virtlockd,
    &sanlock::Sanlock,
    &containers::ContainersOf(Containers::Libvirt),
    &containers::ContainersOf(Containers::Lxc),
    &single::SINGLE,
    &modular::MODULAR,
    &pacemaker::Pacemaker,
    &fence_virtd::FenceVirtd(FenceDaemon::VirtdLibvirt),
    &fence_virtd::FenceVirtd(FenceDaemon::VirtdCpg),
    &tcp::Tcp,
    &tls::Tls,
    &ssh::Ssh,
];

/// The parts of a lab with that equipment whose nodes are on this machine.
pub(crate) fn parts(equipment: &Equipment) -> Vec<&'static dyn Part> {
    let equipment = Equipment {
        daemons: Some(daemons(equipment).kind),
        ..*equipment
    };
    let mut parts = ALL.to_vec();
    parts.retain(|part| equipment.names(part.id()));
    parts
}

/// The part of that id.
pub(crate) fn find(id: PartId) -> Option<&'static dyn Part> {
    ALL.into_iter().find(|part| part.id() == id)
}

/// Why nodes of this machine cannot have a part: the end of a sentence; none when they can.
#[must_use]
pub fn lacking(id: PartId) -> Option<String> {
    find(id)?.lacking()
}

/// libvirt's daemons on nodes of this machine: the single one, where there is one, unless the lab was built for others.
pub(crate) fn daemons(equipment: &Equipment) -> &'static LibvirtDaemons {
    let is_single = match equipment.daemons {
        Some(kind) => kind == Daemons::Single,
        None => single::SINGLE.lacking().is_none() || modular::MODULAR.lacking().is_some(),
    };
    match is_single {
        true => &single::SINGLE,
        false => &modular::MODULAR,
    }
}

/// What the daemon of this machine's nodes says of its version, in a line; none when there is none.
#[must_use]
pub fn libvirt_version() -> Option<String> {
    crate::installed::version(daemons(&Equipment::default()).of_guests())
}

#[cfg(test)]
mod tests {
    use super::{ALL, find, parts};
    use crate::equipment::{Equipment, Lock, PartFault, PartId, Transport};

    #[test]
    fn every_part_has_an_id_of_its_own() {
        for part in ALL {
            let found = find(part.id()).expect("it is in the list");
            assert_eq!(found.name(), part.name());
        }
    }

    #[test]
    fn a_lab_has_the_parts_that_its_equipment_names_and_one_kind_of_daemons() {
        let equipment = Equipment {
            lock: Some(Lock::Sanlock),
            transport: Transport::Tls,
            ..Equipment::default()
        };
        let ids: Vec<PartId> = parts(&equipment).iter().map(|part| part.id()).collect();
        let [lock, PartId::Daemons(_), transport] = ids[..] else {
            panic!("{ids:?}");
        };
        assert_eq!(lock, PartId::Lock(Lock::Sanlock));
        assert_eq!(transport, PartId::Transport(Transport::Tls));
    }

    #[test]
    fn only_sanlock_offers_that_a_lease_is_lost() {
        let offering: Vec<PartId> = { ALL.iter().map(|part| part.id()) }
            .filter(|id| id.offers(PartFault::LeaseLost))
            .collect();
        assert_eq!(offering, [PartId::Lock(Lock::Sanlock)]);
    }
}
