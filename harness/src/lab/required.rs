//! What every lab requires of the machine and of the user.

use nix::unistd::{Uid, User};

use super::error::LabError;
use super::{equipment, qemu, subordinate};
use crate::equipment::{Daemons, PartId};
use crate::installed;

/// Says what this machine or this user lacks for a lab, before anything is started. `local`: its nodes are here.
///
/// # Errors
/// The first tool or right that is missing.
pub fn check(local: bool) -> Result<(), LabError> {
    if local {
        check_node()?;
    }
    check_store()?;
    if Uid::effective().is_root() {
        Ok(())
    } else {
        check_subordinate_ids()
    }
}

/// What the machine of a node needs.
const NODE_TOOLS: [(&str, &str); 5] = [
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("ip", "iproute2"),
    ("virsh", "libvirt-clients"),
    (qemu::PROGRAM, "qemu-system-x86"),
];

/// What the machine of the disks needs.
const STORE_TOOLS: [(&str, &str); 3] = [
    ("unshare", "util-linux"),
    ("ip", "iproute2"),
    ("nbdkit", "nbdkit"),
];

/// Says what this machine lacks for a node of a lab whose disks are elsewhere.
pub(super) fn check_node() -> Result<(), LabError> {
    check_tools(&NODE_TOOLS)?;
    // Of the kinds of daemons one is enough.
    match equipment::lacking(PartId::Daemons(Daemons::Modular)) {
        Some(_) => check_tools(&[("libvirtd", "libvirt-daemon-system")]),
        None => Ok(()),
    }
}

/// Says what this machine lacks for a lab whose nodes are elsewhere.
fn check_store() -> Result<(), LabError> {
    check_tools(&STORE_TOOLS)
}

fn check_tools(needed: &[(&'static str, &'static str)]) -> Result<(), LabError> {
    let missing = needed
        .iter()
        .copied()
        .find(|(tool, _)| installed::program(tool).is_none());
    missing.map_or(Ok(()), |(tool, package)| {
        Err(LabError::MissingTool { tool, package })
    })
}

/// Says what is missing for a lab without root.
fn check_subordinate_ids() -> Result<(), LabError> {
    let id = Uid::effective();
    let user = User::from_uid(id)
        .ok()
        .flatten()
        .map_or_else(|| id.to_string(), |user| user.name);
    subordinate::lacking(&user).map_or(Ok(()), |file| {
        Err(LabError::NoSubordinateIds { file, user })
    })
}
