//! An `/etc` of a node's own, with the keys by which the nodes know each other: libvirt's clients look for certificates
//! there and nowhere else, and ssh(1) for what holds for all users.
//!
//! All else of the machine's `/etc` is shown in it. Most machines have no `/etc/pki`, and nothing can be mounted over
//! what is not there. For ssh, root has a home and a shell of the node's own, since the machine's root may have a
//! `~/.ssh` and a `.bashrc`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::lab::mount;
use crate::lab::setup::{HOME, KEYS, LabResult, NodeSetup};
use crate::lab::tools::{make_folder, write_file};

/// The folder of the lab's tmpfs with the keys that all nodes share. They are made with the lab, good for it alone, and
/// gone with it.
pub(super) fn keys() -> PathBuf {
    Path::new(HOME).join(KEYS)
}

/// Shows a node its own files in /etc, and in their places all else that the machine has there.
pub(super) fn show(node: &NodeSetup) -> LabResult<()> {
    mount::complete(&own(node), Path::new("/etc"))
}

/// The folder with what /etc holds of a node's own.
fn own(node: &NodeSetup) -> PathBuf {
    node.home().join("etc")
}

/// Puts a file into a node's own /etc, which only root reads where it is `secret`.
pub(super) fn put(node: &NodeSetup, name: &str, content: &[u8], secret: bool) -> LabResult<()> {
    let file = own(node).join(name);
    make_folder(file.parent().unwrap_or(&file), 0o755)?;
    write_file(&file, content)?;
    let mode = if secret { 0o600 } else { 0o644 };
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).map_err(|error| error.to_string())
}

/// Reads a file.
pub(super) fn read(file: &Path) -> LabResult<Vec<u8>> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
