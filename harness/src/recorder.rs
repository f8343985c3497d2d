//! The history of a case that is running, to which `drive` and `witness` add entries.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::history::{Entry, History, Moment, What};

/// Collects the entries of one case from all threads.
#[derive(Debug)]
pub struct Recorder {
    began: Instant,
    /// By time.
    entries: Mutex<Vec<Entry>>,
}

impl Recorder {
    /// An empty one whose clock starts now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
            entries: Mutex::default(),
        }
    }

    /// The current moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Adds what happens now.
    pub fn record(&self, what: What) {
        self.record_at(self.now(), what);
    }

    /// Adds what happened at an earlier moment, in order of time.
    pub fn record_at(&self, at: Moment, what: What) {
        let mut entries = self.lock();
        let place = entries.partition_point(|entry| entry.at <= at);
        entries.insert(place, Entry { at, what });
    }

    /// A copy of all entries so far, by time.
    #[must_use]
    pub fn history(&self) -> History {
        let entries = self.lock().clone();
        History { entries }
    }

    /// Calls `look` with all entries so far, by time; nothing is recorded until it returns.
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
    use crate::history::{FaultName, Moment, What};

    #[test]
    fn what_is_recorded_late_stands_at_its_own_moment() {
        let recorder = Recorder::start();
        recorder.record_at(Moment(20), What::Done);
        let kind = FaultName("network".to_owned());
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
