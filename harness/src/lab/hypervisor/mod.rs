//! What runs a lab's guests: how it is asked about them, and what an operator does with it by hand.
//!
//! A hypervisor is one room below this one that keeps the [`contract`]; [`Lab::hypervisor`] chooses it. How the
//! configuration file of the subject is written for it is in `drive/configuration`, and what a case can do with it is
//! in `case/lab_kind.rs`.
//!
//! [`Lab::hypervisor`]: super::Lab::hypervisor

mod contract;
mod libvirt;

pub use contract::{
    Connection, DomainSeen, Domains, Footprint, Hypervisor, MigrationSide, NoAnswer,
    OperatorAction, PostCopy, RuntimeRecord,
};
pub(in crate::lab) use libvirt::{LibvirtQemu, first_answer};
