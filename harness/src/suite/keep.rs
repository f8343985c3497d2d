//! The lab of a case that failed, kept as the case left it, for somebody who wants to look.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::case::CaseId;
use crate::lab::{Lab, Lease};

/// Whether a lab is to be kept, and the one that was.
#[derive(Debug, Default)]
pub struct Keep {
    wanted: bool,
    kept: Mutex<Option<(CaseId, Lab)>>,
}

impl Keep {
    /// Keeps the lab of the first case that fails, if that is wanted: each kept lab costs a lab's memory.
    #[must_use]
    pub fn first(wanted: bool) -> Self {
        Self {
            wanted,
            kept: Mutex::default(),
        }
    }

    /// The case that failed and its lab, which is the caller's from now on.
    #[must_use]
    pub fn take(&self) -> Option<(CaseId, Lab)> {
        self.lock().take()
    }

    /// Whether a lab would be kept now.
    pub(super) fn has_room(&self) -> bool {
        self.wanted && self.lock().is_none()
    }

    /// Keeps the lab of that case; the lease comes back where another one was faster.
    pub(super) fn offer<'a>(&self, id: &CaseId, lease: Lease<'a>) -> Option<Lease<'a>> {
        let mut kept = self.lock();
        if kept.is_some() {
            return Some(lease);
        }
        *kept = lease.take().map(|lab| (id.clone(), lab));
        None
    }

    fn lock(&self) -> MutexGuard<'_, Option<(CaseId, Lab)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
