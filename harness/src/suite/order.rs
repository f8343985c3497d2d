//! In which order cases begin.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::case::{Durations, LoadedCase, Millis};
use crate::equipment::Equipment;
use crate::seeded_random::SeededRandom;

/// In which order the cases of a run begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The longest first: begun last, they would keep one lab busy while the others stand idle. Those with equipment
    /// before the rest, one of each kind after the other, since few labs have the same.
    LongestFirst,
    /// By chance; the seed gives the same order again, for the same cases.
    Shuffled(u64),
}

impl Order {
    /// `LongestFirst`, or shuffled where there is a seed.
    #[must_use]
    pub fn of(seed: Option<u64>) -> Self {
        seed.map_or(Self::LongestFirst, Self::Shuffled)
    }

    /// Brings cases into this order; how long each takes is known, or the mean of its area. `common` is the equipment of
    /// most labs.
    pub fn arrange(self, cases: &mut [LoadedCase], durations: &Durations, common: Equipment) {
        match self {
            Self::LongestFirst => longest_first(cases, durations, common, |case| case),
            Self::Shuffled(seed) => SeededRandom::new(seed).shuffle(cases),
        }
    }
}

/// What a case takes, or waits at most, at least that is begun at the very first, beside those that watch for long.
const LONG: Millis = Millis(10_000);
const LONGEST_WAITS: Millis = Millis(100_000);

/// Brings what is to be done with cases into the order of [`Order::LongestFirst`].
pub fn longest_first<T>(
    all: &mut [T],
    durations: &Durations,
    common: Equipment,
    case: impl Fn(&T) -> &LoadedCase,
) {
    let length = |one: &T| (case(one).spec.watches(), durations.of(case(one)));
    all.sort_by_cached_key(|one| Reverse(length(one)));
    let mut alike = BTreeMap::<_, usize>::new();
    all.sort_by_cached_key(|one| {
        let equipment = Equipment::from(&case(one).spec.needs);
        let is_usual = equipment == common;
        let (watches, took) = length(one);
        let is_long = took >= LONG || case(one).spec.longest_waits() >= LONGEST_WAITS;
        if watches > Millis(0) || is_usual && is_long {
            return (0, 0);
        }
        if is_usual {
            return (2, 0);
        }
        let turn = alike.entry(equipment).or_default();
        *turn += 1;
        (1, *turn)
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::longest_first;
    use crate::case::{Millis, Suite};
    use crate::equipment::Equipment;

    #[test]
    fn what_watches_begins_first_and_kinds_of_equipment_take_turns() {
        let Suite {
            mut cases,
            durations,
            ..
        } = Suite::shipped().unwrap();
        let common = Equipment::default();
        longest_first(&mut cases, &durations, common, |case| case);
        let watching = cases.partition_point(|case| case.spec.watches() > Millis(0));
        let (watching, others) = cases.split_at(watching);
        assert!(!watching.is_empty());
        assert!(others.iter().all(|it| it.spec.watches() == Millis(0)));
        let equipped = others.iter().map(|case| Equipment::from(&case.spec.needs));
        let equipped: Vec<_> = equipped.filter(|it| *it != common).collect();
        let kinds: BTreeSet<_> = equipped.iter().collect();
        let first: BTreeSet<_> = equipped.iter().take(kinds.len()).collect();
        assert_eq!(first, kinds);
    }
}
