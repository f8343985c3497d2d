//! The growing history of a case that is running: what `drive` and `witness` write to.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::history::{Entry, History, Moment, What};

/// Collects the entries of one case from every thread, each with its moment.
#[derive(Debug)]
pub struct Recorder {
    began: Instant,
    /// In the order of time.
    entries: Mutex<Vec<Entry>>,
}

impl Recorder {
    /// An empty record whose clock starts now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
            entries: Mutex::default(),
        }
    }

    /// The moment that it is now.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Appends what happened, with the moment it is now.
    pub fn record(&self, what: What) {
        self.record_at(self.now(), what);
    }

    /// Puts what happened at a moment that has passed in its place.
    pub fn record_at(&self, at: Moment, what: What) {
        let mut entries = self.lock();
        let place = entries.partition_point(|entry| entry.at <= at);
        entries.insert(place, Entry { at, what });
    }

    /// A copy of everything so far, in the order of time.
    #[must_use]
    pub fn history(&self) -> History {
        let entries = self.lock().clone();
        History { entries }
    }

    /// Looks at everything so far, in the order of time. Nobody can record meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Recorder;
    use crate::history::{FaultKind, Moment, What};

    #[test]
    fn what_is_recorded_late_stands_at_its_own_moment() {
        let recorder = Recorder::start();
        recorder.record_at(Moment(20), What::Done);
        let kind = FaultKind::Network;
        recorder.record_at(Moment(10), What::Healed { kind });
        let moments: Vec<_> = recorder
            .history()
            .entries
            .iter()
            .map(|entry| entry.at.0)
            .collect();
        assert_eq!(moments, [10, 20]);
    }
}
