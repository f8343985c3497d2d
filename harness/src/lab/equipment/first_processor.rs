//! The processor that every libvirtd begins on.
//!
//! What libvirt finds out about QEMU it keeps, and takes again if the host's processor says of itself what it said then
//! (`virQEMUCapsIsValid`). But a processor says which of them it is, too: a daemon that begins on another one finds
//! everything out anew, which costs as much as the rest of a lab's start, and half a second in the middle of a case.

use std::fs;

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::lab::setup::LabResult;

/// Holds this thread, and what it starts, on the first processor that it may use. Dropped, it may use all of them again.
pub(super) struct FirstProcessor {
    all: CpuSet,
}

/// This thread.
const SELF: Pid = Pid::from_raw(0);

impl FirstProcessor {
    /// None on a machine with more processors than can be named: libvirtd only takes longer then.
    pub(super) fn take() -> Option<Self> {
        let all = sched_getaffinity(SELF).ok()?;
        let number = (0..CpuSet::count()).find(|it| all.is_set(*it) == Ok(true))?;
        let mut first = CpuSet::new();
        first.set(number).ok()?;
        sched_setaffinity(SELF, &first).ok()?;
        Some(Self { all })
    }

    /// Lets a process that was started meanwhile use all processors, with all of its threads.
    pub(super) fn free(self, process: Pid) -> LabResult<()> {
        // A thread that a held one has begun meanwhile is held too.
        while self.free_held(process)? {}
        Ok(())
    }

    /// Frees the threads of a process that are held; whether there were any.
    fn free_held(&self, process: Pid) -> LabResult<bool> {
        let mut held = false;
        for thread in fs::read_dir(format!("/proc/{process}/task")).map_err(failed)? {
            let name = thread.map_err(failed)?.file_name();
            let number = name.to_string_lossy().parse().map_err(failed)?;
            let thread = Pid::from_raw(number);
            match sched_getaffinity(thread) {
                Ok(found) if found == self.all => continue,
                Ok(_) => held = true,
                // It has ended.
                Err(Errno::ESRCH) => continue,
                Err(error) => return Err(failed(error)),
            }
            match sched_setaffinity(thread, &self.all) {
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(held)
    }
}

impl Drop for FirstProcessor {
    fn drop(&mut self) {
        // It was allowed before.
        let _ = sched_setaffinity(SELF, &self.all);
    }
}

fn failed(error: impl std::fmt::Display) -> String {
    format!("libvirtd's processor cannot be chosen: {error}")
}
