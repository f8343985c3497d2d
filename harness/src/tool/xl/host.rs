//! What the harness lays beside the stand-in in each node, and what it reads of the node.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::tool::place::FOLDER;

/// The tool's name.
pub(crate) const TOOL: &str = "xl";

/// libvirt's definition of the subject, from which domains are made: the configuration file gives name, UUID and disk.
#[must_use]
pub(crate) fn template_file() -> PathBuf {
    Path::new(FOLDER).join("xl.domain")
}

/// What says, on every node, that the toolstack of that node is down.
#[must_use]
pub(crate) fn down_file(node: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("xl.down.{node}"))
}

/// Whether a tool of that name is to act as Xen's.
pub(in crate::tool) fn is_engine(tool: &str) -> bool {
    tool == TOOL && template_file().exists()
}

/// The name of this node.
pub(super) fn own_name() -> io::Result<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
    Ok(name.trim().to_owned())
}
