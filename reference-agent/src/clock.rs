//! Time: how much of the action's own timeout is left.

use std::thread;
use std::time::{Duration, Instant};

use crate::budget::{Budget, Rest};

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

    /// How long a part of the action may take that begins now.
    pub(crate) fn within(&self, budget: Budget) -> Duration {
        let point = Self {
            total: self.total.mul_f64(budget.until),
            ..*self
        };
        point.left().min(self.length(budget))
    }

    /// The end of a part of the action that begins now.
    pub(crate) fn end_of(&self, budget: Budget) -> Self {
        Self::after(self.within(budget))
    }

    /// How long a part may take that gets a share of what is left.
    pub(crate) fn rest(&self, rest: Rest) -> Duration {
        self.left().mul_f64(rest.share).min(rest.most)
    }

    /// An earlier deadline, which keeps back the time of a part that comes last.
    pub(crate) fn keeping(&self, last: Budget) -> Self {
        Self {
            total: self.total.saturating_sub(self.length(last)),
            ..*self
        }
    }

    /// The most that a part takes, whenever it begins.
    fn length(&self, budget: Budget) -> Duration {
        self.total.mul_f64(budget.share).min(budget.most)
    }

    /// The whole time that the caller gave.
    #[cfg(test)]
    pub(crate) fn total(&self) -> Duration {
        self.total
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
    use crate::budget;

    #[test]
    fn polling_asks_at_least_once_even_when_the_time_has_passed() {
        assert_eq!(
            Deadline::after(Duration::ZERO).poll(Duration::ZERO, || Some(1)),
            Some(1)
        );
    }

    #[test]
    fn a_reserve_larger_than_the_whole_leaves_nothing() {
        let deadline = Deadline::after(Duration::from_millis(100));
        assert!(deadline.keeping(budget::stop::ANSWER).passed());
    }

    #[test]
    fn a_part_ends_at_the_first_of_its_limits() {
        let short = Deadline::after(Duration::from_secs(10));
        assert!(short.within(budget::DEFINITION) <= Duration::from_secs(2));
        let long = Deadline::after(Duration::from_secs(600));
        assert_eq!(long.within(budget::DEFINITION), Duration::from_secs(5));
        assert!(short.within(budget::stop::QUESTION) <= Duration::from_millis(1500));
        let over = Deadline::after(Duration::ZERO);
        assert!(over.within(budget::start::ATTEMPT).is_zero());
    }
}
