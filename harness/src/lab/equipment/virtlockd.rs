//! virtlockd: the lock that libvirt itself takes on the locked disk.
//!
//! libvirt takes it only when it lets the processors run, so QEMU's own lock would refuse first. In the labs with
//! virtlockd and with sanlock the disk has `share-rw`, and only they guard it. The witness reads from the kernel who
//! holds a lock (`lock:` in `/proc/PID/fdinfo`, of the emulators or of virtlockd).

use std::io;

use super::image::{NOTHING_SHARED, shared_disk};
use super::kernel_lock::is_held_by;
use super::libvirt::{log_of, no_plugin, no_shared_folders};
use super::part::{LockFile, LockSite, Part, PartNode};
use crate::equipment::{Lock, PartId};
use crate::installed;
use crate::lab::domain::LockedDisk;
use crate::lab::error::LabError;
use crate::lab::setup::{LabResult, NodeSetup};
use crate::lab::tools::{clean_command, start_listening};

/// The lock that libvirt's virtlockd holds on the image's file.
#[derive(Debug)]
pub(super) struct Virtlockd;

const PROGRAM: &str = "virtlockd";

impl Part for Virtlockd {
    fn id(&self) -> PartId {
        PartId::Lock(Lock::Virtlockd)
    }

    fn name(&self) -> &'static str {
        PROGRAM
    }

    fn lacking(&self) -> Option<String> {
        no_shared_folders()
            .or_else(|| installed::missing(&[PROGRAM]))
            .or_else(|| no_plugin("libvirt/lock-driver/lockd.so"))
    }

    fn remedy(&self) -> Option<&'static str> {
        remedy()
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some(NOTHING_SHARED.to_owned())
    }

    fn qemu_settings(&self) -> &'static str {
        "lock_manager = \"lockd\"\n"
    }

    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        let socket = "/run/libvirt/virtlockd-sock";
        start_listening(&mut clean_command(PROGRAM), &log_of(PROGRAM), socket).map(drop)
    }

    fn owns(&self, name: &str, _by_init: bool) -> bool {
        name == PROGRAM
    }

    fn release(&self, node: &dyn PartNode) -> Result<(), LabError> {
        // With it ends whatever it still holds.
        self.kill(node)?;
        self.revive(node)
    }

    fn holder(&self) -> Option<&'static str> {
        Some(PROGRAM)
    }

    fn locked_disk(&self) -> Option<LockedDisk> {
        Some(LockedDisk {
            is_shared: true,
            has_image_lock: false,
        })
    }

    fn lock_file(&self) -> Option<LockFile> {
        Some(shared_disk())
    }

    fn is_held(&self, site: &LockSite) -> io::Result<bool> {
        is_held_by(PROGRAM, "POSIX", site)
    }
}

/// What mends the lack of a lock of libvirt's, where installing packages does not.
pub(super) fn remedy() -> Option<&'static str> {
    no_shared_folders().map(|_| "a newer libvirt")
}
