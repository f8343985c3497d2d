//! In which order cases begin.

use std::cmp::Reverse;

use crate::case::LoadedCase;
use crate::dice::Dice;
use crate::lab::Equipment;

/// In which order the cases of a run begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The longest first: begun last, they would keep one lab busy while the others stand idle. At the very first
    /// those that watch for long. Those with equipment before all others and those with the same together, since
    /// another one takes another lab.
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

    pub(super) fn arrange(self, cases: &mut [LoadedCase]) {
        match self {
            Self::LongestFirst => cases.sort_by_key(turn),
            Self::Shuffled(seed) => Dice::new(seed).shuffle(cases),
        }
    }
}

/// What [`Order::LongestFirst`] sorts by: the smallest begins first.
#[must_use]
pub fn turn(case: &LoadedCase) -> impl Ord + use<> {
    (
        Reverse(case.spec.watches()),
        Reverse(Equipment::from(&case.spec.needs)),
        Reverse(case.spec.longest_waits()),
    )
}
