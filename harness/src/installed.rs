//! What is installed on this machine.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Folders of system programs, which an ordinary user's PATH often lacks.
const SYSTEM_FOLDERS: &str = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a program says of its version, in a line; none when it is not there.
pub(crate) fn version(name: &str) -> Option<String> {
    let said = duct::cmd!(program(name)?, "--version").stderr_null();
    Some(said.unchecked().read().ok()?.lines().next()?.to_owned())
}

/// A program on the user's path, or where the system's own are; none when it is not there.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    on_path(name).or_else(|| first(SYSTEM_FOLDERS.as_ref(), name))
}

/// A program on the user's path, where a shell that the user started finds it; none when it is not there.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    first(&env::var_os("PATH").unwrap_or_default(), name)
}

/// Why nothing that takes these programs can be had here, as a sentence's end; none when all of them are there.
pub(crate) fn missing(programs: &[&str]) -> Option<String> {
    let missing = programs.iter().find(|name| program(name).is_none())?;
    Some(format!("there is no {missing}"))
}

fn first(path: &OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
