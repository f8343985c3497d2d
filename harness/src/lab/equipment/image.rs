use std::io;

use super::kernel_lock::is_held_by;
use super::libvirt::no_shared_folders;
use super::part::{LockFile, LockSite, Part};
use crate::equipment::{Lock, PartId};
use crate::lab::domain::LockedDisk;
use crate::lab::setup::{LOCKED_DISK, SHARED};

/// QEMU's own lock on an image that all nodes share.
#[derive(Debug)]
pub(super) struct Image;

impl Part for Image {
    fn id(&self) -> PartId {
        PartId::Lock(Lock::Image)
    }

    fn name(&self) -> &'static str {
        "QEMU's image lock"
    }

    fn lacking(&self) -> Option<String> {
        no_shared_folders()
    }

    fn remedy(&self) -> Option<&'static str> {
        Some("a newer libvirt")
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some(NOTHING_SHARED.to_owned())
    }

    fn locked_disk(&self) -> Option<LockedDisk> {
        Some(LockedDisk {
            is_shared: true,
            has_image_lock: true,
        })
    }

    fn lock_file(&self) -> Option<LockFile> {
        Some(shared_disk())
    }

    fn is_held(&self, site: &LockSite) -> io::Result<bool> {
        is_held_by("qemu", "OFDLCK", site)
    }
}

/// Why no lock on a shared file is to be had on several machines.
pub(super) const NOTHING_SHARED: &str = "the machines of this lab share none of their folders";

/// The disk in the folder that all nodes share.
pub(super) fn shared_disk() -> LockFile {
    LockFile::Lab(format!("{SHARED}/{LOCKED_DISK}"))
}
