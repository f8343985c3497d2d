use std::fs::{File, TryLockError};
use std::path::Path;

use super::failed::{Failed, LOCKED, failed};
use crate::tool::place::FOLDER;

/// Locks a container for as long as the file is held. Who finds it locked does not wait: `status` alone takes no lock.
pub(super) fn lock(id: u32) -> Result<File, Failed> {
    let file = File::create(Path::new(FOLDER).join(format!("vzctl.lock.{id}")))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => failed(LOCKED, "Container already locked"),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
