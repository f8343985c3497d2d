use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::history::NodeName;

/// The nodes that have lost their power.
#[derive(Debug, Default)]
pub(super) struct Power {
    /// Those that have none now. Held while one loses it, so one at a time.
    without: Mutex<BTreeSet<NodeName>>,
    /// Those that were without.
    lost: Mutex<BTreeSet<NodeName>>,
}

impl Power {
    /// Those that have none now, held.
    pub(super) fn without(&self) -> MutexGuard<'_, BTreeSet<NodeName>> {
        self.without.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that were ever without, held.
    pub(super) fn lost(&self) -> MutexGuard<'_, BTreeSet<NodeName>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
