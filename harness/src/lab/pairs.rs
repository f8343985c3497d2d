//! Which machines of an inventory a lab is on: two that no other lab has, as long as there are some.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The pairs of machines of an inventory.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(Arc<Mutex<Vec<Use>>>);

/// How a pair of machines is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Use {
    /// Whether it is lost: a lab came up on it, and a later one did not.
    is_lost: bool,
    was_up: bool,
    labs: usize,
}

impl Pairs {
    /// So many, none of which is used.
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Use::default(); count])))
    }

    /// The pair that the fewest labs are on, and rather one that is not lost; none where there are no machines.
    pub(super) fn take(&self) -> Option<Pair> {
        let mut uses = self.lock();
        let all = uses.iter().enumerate();
        let (index, _) = all.min_by_key(|(_, pair)| (pair.is_lost, pair.labs))?;
        if let Some(pair) = uses.get_mut(index) {
            pair.labs += 1;
        }
        let pairs = self.clone();
        Some(Pair { pairs, index })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pair of machines in use; given back when dropped.
#[derive(Debug)]
pub(super) struct Pair {
    pairs: Pairs,
    /// Its place in the inventory.
    pub(super) index: usize,
}

impl Pair {
    /// Notes that a lab came up on it.
    pub(super) fn is_up(&self) {
        if let Some(pair) = self.pairs.lock().get_mut(self.index) {
            pair.is_lost = false;
            pair.was_up = true;
        }
    }

    /// Notes that no lab came up on it. Whether another pair can stand in: this one was there before, as is another one.
    pub(super) fn is_replaceable(&self) -> bool {
        let mut uses = self.pairs.lock();
        let Some(pair) = uses.get_mut(self.index) else {
            return false;
        };
        pair.is_lost = pair.was_up;
        pair.is_lost && uses.iter().any(|pair| !pair.is_lost)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        if let Some(pair) = self.pairs.lock().get_mut(self.index) {
            pair.labs -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pairs;

    #[test]
    fn each_lab_has_machines_of_its_own_as_long_as_there_are_some() {
        let pairs = Pairs::new(2);
        let (one, two) = (pairs.take().unwrap(), pairs.take().unwrap());
        assert_eq!((one.index, two.index), (0, 1));
        drop(two);
        let two = pairs.take().unwrap();
        assert_eq!(two.index, 1);
        let third = pairs.take().unwrap();
        assert_eq!((third.index, pairs.take().unwrap().index), (0, 1));
        assert!(Pairs::default().take().is_none());
    }

    #[test]
    fn machines_that_were_there_and_are_lost_are_tried_last() {
        let pairs = Pairs::new(2);
        let first = pairs.take().unwrap();
        assert!(!first.is_replaceable(), "it was never there");
        first.is_up();
        assert!(first.is_replaceable());
        drop(first);
        let (one, two) = (pairs.take().unwrap(), pairs.take().unwrap());
        assert_eq!((one.index, two.index), (1, 1));
        one.is_up();
        assert!(!one.is_replaceable(), "no other is left");
        let other = pairs.take().unwrap();
        assert_eq!(other.index, 0);
        other.is_up();
        assert_eq!(pairs.take().unwrap().index, 0);
    }
}
