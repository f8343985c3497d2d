//! The locks that a lab can have on a disk of the subject, and what this machine lacks for them.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::history::Lock;
use crate::installed;

/// Where the lock of a lab is seen.
#[derive(Clone, Debug)]
pub struct Place {
    /// Which it is.
    pub lock: Lock,
    /// The file that it is on: the disk, or sanlock's lease.
    pub file: PathBuf,
    /// The node's number, from 1, by which a lease names its owner.
    pub host: u64,
    /// The process table of a node that may hold it.
    pub proc: PathBuf,
}

/// Every lock that a lab can be built with on some machine.
pub const ALL: [Lock; 4] = [Lock::Image, Lock::OwnImage, Lock::Virtlockd, Lock::Sanlock];

/// The driver of libvirt that starts guests.
pub(crate) const QEMU_DRIVER: &str = "libvirt/connection-driver/libvirt_driver_qemu.so";

/// Why labs with this lock cannot be built on this machine; none when they can.
#[must_use]
pub fn lacking(lock: Lock) -> Option<String> {
    // What each node has for itself needs no folder that they share.
    if lock != Lock::OwnImage && !knows_shared_folders() {
        return Some("libvirt is too old to be told that the nodes share a folder".to_owned());
    }
    let (daemon, plugin) = match lock {
        Lock::Image | Lock::OwnImage => return None,
        Lock::Virtlockd => ("virtlockd", "libvirt/lock-driver/lockd.so"),
        Lock::Sanlock => ("sanlock", "libvirt/lock-driver/sanlock.so"),
    };
    let has_plugin = || library_folders().any(|folder| folder.join(plugin).exists());
    installed::missing(&[daemon])
        .or_else(|| (!has_plugin()).then(|| format!("libvirt has no {plugin}")))
}

/// Whether this machine's libvirt can be told that the nodes share a folder, which only a newer one can.
#[must_use]
pub fn knows_shared_folders() -> bool {
    *SHARES_FOLDERS
}

/// The folders that hold shared libraries: `/usr/lib64`, `/usr/lib`, and Debian's one per architecture.
pub(crate) fn library_folders() -> impl Iterator<Item = PathBuf> {
    let debian = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    ["/usr/lib64", "/usr/lib"]
        .map(PathBuf::from)
        .into_iter()
        .chain(debian.map(|entry| entry.path()))
}

/// Whether libvirt knows the option by which it is told which folders the nodes share: the driver has its name
/// in it. Without that libvirt takes the file of a lab for a node's own, and refuses to migrate its guest.
/// The driver is some megabytes long, and read once for all locks.
static SHARES_FOLDERS: LazyLock<bool> = LazyLock::new(|| {
    let Ok(option) = regex::bytes::Regex::new("shared_filesystems") else {
        return false;
    };
    let mut drivers = library_folders().filter_map(|it| std::fs::read(it.join(QEMU_DRIVER)).ok());
    drivers.any(|driver| option.is_match(&driver))
});
