//! What is installed on this machine.

use std::env;
use std::path::PathBuf;

/// Folders of system programs, which an ordinary user's PATH often lacks.
const SYSTEM_FOLDERS: &str = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program on the user's path, or where the system's own are; none when it is not there.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var("PATH").unwrap_or_default();
    env::split_paths(&format!("{path}:{SYSTEM_FOLDERS}"))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
