//! Where a node has what its cluster calls.

use std::path::{Path, PathBuf};

/// The folder in each node with the socket, this program, and the alert agent.
pub(crate) const FOLDER: &str = "/run/vrt/cluster";

/// The name of the socket in [`FOLDER`] that the harness listens on.
pub(crate) const SOCKET: &str = "calls";

/// The name in [`FOLDER`] under which this program is shown: where it lies itself Pacemaker's user may not look.
pub(crate) const PROGRAM: &str = "program";

/// The name in [`FOLDER`] of the alert agent.
pub(crate) const ALERT: &str = "alert_vrt";

/// The fence agent. Source: Pacemaker's `PCMK__FENCE_BINDIR`, where it looks for `fence_*`.
pub(crate) const FENCE: &str = "/usr/sbin/fence_vrt";

/// The resource agent `ocf:vrt:subject`.
pub(crate) const SUBJECT: &str = "/usr/lib/ocf/resource.d/vrt/subject";

/// The socket, as a node sees it.
pub(super) fn socket() -> PathBuf {
    Path::new(FOLDER).join(SOCKET)
}
