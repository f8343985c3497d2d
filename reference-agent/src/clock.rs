//! Time: how much of the action's own timeout is left.

use std::thread;
use std::time::{Duration, Instant};

/// The end of one invocation, counted from its begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    begin: Instant,
    total: Duration,
}

impl Deadline {
    /// A deadline `total` from now.
    pub(crate) fn after(total: Duration) -> Self {
        Self {
            begin: Instant::now(),
            total,
        }
    }

    /// The whole time the caller gave.
    pub(crate) fn total(&self) -> Duration {
        self.total
    }

    /// An earlier deadline: `part` of the whole time (0 to 1), with the same begin.
    pub(crate) fn part(&self, part: f64) -> Self {
        Self {
            begin: self.begin,
            total: self.total.mul_f64(part),
        }
    }

    /// An earlier deadline: `reserve` before this one.
    pub(crate) fn less(&self, reserve: Duration) -> Self {
        Self {
            begin: self.begin,
            total: self.total.saturating_sub(reserve),
        }
    }

    /// What is left, zero when it has passed.
    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.begin.elapsed())
    }

    /// What is left, but no more than `most`.
    pub(crate) fn at_most(&self, most: Duration) -> Duration {
        self.left().min(most)
    }

    /// Whether it has passed.
    pub(crate) fn passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Asks again and again, `pause` apart, until there is an answer or the time has passed.
    pub(crate) fn poll<T>(&self, pause: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            if let Some(answer) = ask() {
                return Some(answer);
            }
            if self.passed() {
                return None;
            }
            thread::sleep(self.at_most(pause));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_asks_at_least_once_even_when_the_time_has_passed() {
        assert_eq!(
            Deadline::after(Duration::ZERO).poll(Duration::ZERO, || Some(1)),
            Some(1)
        );
    }

    #[test]
    fn a_reserve_larger_than_the_whole_leaves_nothing() {
        let deadline = Deadline::after(Duration::from_secs(1)).less(Duration::from_secs(2));
        assert!(deadline.passed());
    }
}
