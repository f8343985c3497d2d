//! What runs a lab's guests: how it is asked about them, and what an operator does with it by hand.
//!
//! A new hypervisor is a file or folder here that implements [`Hypervisor`] and its line in [`of_labs`]; a file in
//! `drive/configuration`, which writes the configuration file of the subject, and its line there; and, where cases ask
//! for it, a kind of lab in `case/lab_kind.rs`.

mod contract;
mod libvirt;

pub use contract::{
    Connection, DomainSeen, Domains, Footprint, Hypervisor, LiveMigration, MigrationLimit,
    MigrationSide, NoAnswer, OperatorAction, RuntimeRecord, Way,
};
use libvirt::Driver;
pub(in crate::lab) use libvirt::first_answer;

use crate::equipment::{Containers, Equipment};

/// What runs the guests of labs with that equipment; LXC's own containers beside them are the agent's.
pub(in crate::lab) const fn of_labs(equipment: &Equipment) -> &'static dyn Hypervisor {
    match equipment.containers {
        Some(Containers::Libvirt) => &libvirt::Libvirt(Driver::Lxc),
        Some(Containers::Lxc) | None => &libvirt::Libvirt(Driver::Qemu),
    }
}
