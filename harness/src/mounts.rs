//! Mounts: something shown in the place of something else. An error is a line of text.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sys::statvfs::{FsFlags, statvfs};

use crate::installed::TO_DOCTOR;

/// Mounts a fresh tmpfs.
pub(crate) fn tmpfs(on: &Path, mode: &str) -> Result<(), String> {
    let options = format!("mode={mode}");
    mount(
        Some("tmpfs"),
        on,
        Some("tmpfs"),
        MsFlags::empty(),
        Some(options.as_str()),
    )
    .map_err(|error| format!("cannot mount a tmpfs on {}: {error}", on.display()))
}

/// Shows `from` in the place of `on`, which must exist.
pub(crate) fn bind(from: &Path, on: &Path) -> Result<(), String> {
    // Resolved first: /var/run and /etc/hosts may be symbolic links.
    let on = fs::canonicalize(on)
        .map_err(|error| format!("this machine has no {}: {error}; {TO_DOCTOR}", on.display()))?;
    mount(
        Some(from),
        &on,
        None::<&str>,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        None::<&str>,
    )
    .map_err(|error| {
        format!(
            "cannot bind {} over {}: {error}",
            from.display(),
            on.display()
        )
    })
}

/// Shows `own` in the place of a folder of the machine's, read-only, and in it all that it lacks of that folder. Where
/// the machine has no place for something, nothing can be shown over it.
pub(crate) fn complete(own: &Path, folder: &Path) -> Result<(), String> {
    fill(own, folder)?;
    bind_read_only(own, folder)
}

/// Shows in `own` all that it lacks of a folder.
fn fill(own: &Path, folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot complete {}: {error}", own.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (theirs, place) = (entry.path(), own.join(entry.file_name()));
        let kind = entry.file_type().map_err(failed)?;
        if place.symlink_metadata().is_ok() {
            continue;
        } else if kind.is_symlink() {
            fs::read_link(&theirs)
                .and_then(|to| symlink(to, &place))
                .map_err(failed)?;
        } else if kind.is_dir() {
            fs::create_dir(&place).map_err(failed)?;
            bind(&theirs, &place)?;
        } else if kind.is_file() {
            File::create(&place).map_err(failed)?;
            bind(&theirs, &place)?;
        }
    }
    Ok(())
}

/// Shows `from` in the place of a folder, read-only.
pub(crate) fn bind_read_only(from: &Path, folder: &Path) -> Result<(), String> {
    bind(from, folder)?;
    let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY | kept(folder);
    mount(None::<&str>, folder, None::<&str>, flags, None::<&str>)
        .map_err(|error| format!("cannot make {} read-only: {error}", folder.display()))
}

/// The flags that a mount has and, in a user namespace, may not lose.
fn kept(folder: &Path) -> MsFlags {
    let has = statvfs(folder).map_or(FsFlags::empty(), |found| found.flags());
    let all = [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ];
    { all.iter() }
        .filter(|(there, _)| has.contains(*there))
        .fold(MsFlags::empty(), |all, (_, one)| all | *one)
}

/// Shows what is in `own` and what is in a folder of the machine's together in its place, read-only. Where the kernel lets
/// nobody have an overlay, that is built in `room`: an empty folder, or `own` itself where it may be written to.
pub(crate) fn lay_over(own: &Path, folder: &Path, room: &Path) -> Result<(), String> {
    if stack(own, folder).is_ok() {
        return Ok(());
    }
    fill(room, own)?;
    complete(room, folder)
}

/// Lays an overlay over a folder, with `own` as its upper layer; not every kernel lets every user.
pub(crate) fn stack(own: &Path, folder: &Path) -> Result<(), String> {
    let layers = format!("lowerdir={}:{}", own.display(), folder.display());
    mount(
        Some("overlay"),
        folder,
        Some("overlay"),
        MsFlags::MS_RDONLY,
        Some(layers.as_str()),
    )
    .map_err(|error| error.to_string())
}

/// Lets what is mounted from now on in this mount namespace be seen in no other.
pub(crate) fn keep_to_ourselves() -> Result<(), String> {
    let flags = MsFlags::MS_REC | MsFlags::MS_SLAVE;
    mount(None::<&str>, "/", None::<&str>, flags, None::<&str>)
        .map_err(|error| format!("cannot keep mounts to a process: {error}"))
}
