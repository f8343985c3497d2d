//! What runs a lab's guests: how it is asked about them, and what an operator does with it by hand.
//!
//! A new hypervisor is a file or folder here that implements [`Hypervisor`] and its line in [`of_labs`]; a file in
//! `drive/configuration`, which writes the configuration file of the subject, and its line there; and, where cases ask
//! for it, a kind of lab in `case/lab_kind.rs`.

mod contract;
mod libvirt;

pub use contract::{
    Connection, DomainSeen, Domains, Footprint, Hypervisor, LimitMigrations, LiveMigration,
    MigrationLimit, MigrationSide, NoAnswer, OperatorAction, RuntimeRecord, Way,
};
pub(in crate::lab) use libvirt::first_answer;

/// What runs the guests of labs.
pub(in crate::lab) const fn of_labs() -> &'static dyn Hypervisor {
    &libvirt::LibvirtQemu
}
