//! An image that each node has in its own folder: QEMU locks it like any other, and a migration has to copy it, so the
//! witness sees which node's image is in use.

use std::io;
use std::path::Path;

use super::kernel_lock::is_held_by;
use super::part::{LockFile, LockSite, Part};
use crate::equipment::{Lock, PartId};
use crate::lab::domain::LockedDisk;
use crate::lab::setup::{LOCKED_DISK, VISIBLE};

/// QEMU's own lock on an image that each node has for itself, so that a migration has to copy it.
#[derive(Debug)]
pub(super) struct OwnImage;

impl Part for OwnImage {
    fn id(&self) -> PartId {
        PartId::Lock(Lock::OwnImage)
    }

    fn name(&self) -> &'static str {
        "images that a migration copies"
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some("the locks of other machines' files are not seen from here".to_owned())
    }

    fn locked_disk(&self) -> Option<LockedDisk> {
        Some(LockedDisk {
            is_shared: false,
            has_image_lock: true,
        })
    }

    fn lock_file(&self) -> Option<LockFile> {
        Some(LockFile::Node(Path::new(VISIBLE).join(LOCKED_DISK)))
    }

    fn is_held(&self, site: &LockSite) -> io::Result<bool> {
        is_held_by("qemu", "OFDLCK", site)
    }
}
