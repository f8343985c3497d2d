//! The emulator's program.

use crate::installed;

/// Its name.
pub(super) const PROGRAM: &str = "qemu-system-x86_64";

/// Its path on this machine; empty when there is none, which the check of a lab's tools reports.
pub(super) fn path() -> String {
    let path = installed::program(PROGRAM);
    path.map_or_else(String::new, |path| path.display().to_string())
}

/// What it says of its version, in a line; none when it is not there.
pub(crate) fn version() -> Option<String> {
    installed::version(PROGRAM)
}
