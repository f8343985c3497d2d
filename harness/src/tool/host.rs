//! What the harness lays in each node for the stand-in of an engine's tool, and what that reads of the node.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::place::FOLDER;

/// What befell the tools of a node's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Down {
    /// Every call fails: there is no hypervisor, or the kernel's part is not loaded.
    Fails,
    /// No call ends: what has to answer is dead.
    Hangs,
}

impl Down {
    /// The content of the file that says so.
    ///
    /// # Errors
    /// None that a caller could meet: it is one word.
    pub(crate) fn to_file(self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&self)
    }

    /// What befell the tools of a node, if anything.
    pub(super) fn of(node: &str) -> Option<Self> {
        serde_json::from_slice(&fs::read(down_file(node)).ok()?).ok()
    }
}

/// libvirt's definition of the subject, from which the stand-in makes domains.
#[must_use]
pub(crate) fn template_file() -> PathBuf {
    Path::new(FOLDER).join("engine.domain")
}

/// What says, on every node, that the engine's tools of that node are down.
#[must_use]
pub(crate) fn down_file(node: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("engine.down.{node}"))
}

/// The name of this node.
pub(super) fn own_name() -> io::Result<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
    Ok(name.trim().to_owned())
}
