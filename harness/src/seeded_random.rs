//! Random numbers by a seed: the same seed gives the same numbers on every machine.

/// The generator SplitMix64: good enough to choose with, and for nothing else.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
#[derive(Clone, Debug)]
pub(crate) struct SeededRandom(u64);

impl SeededRandom {
    /// A generator that begins with this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The bias of the remainder is far below what choosing a step could notice.
        self.next_number().checked_rem(bound).unwrap_or(0)
    }

    /// Brings things into a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or(last);
            items.swap(last, other);
        }
    }

    /// Chooses one of several things, each with the probability of its weight; none when no thing has a weight.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[(u32, T)]) -> Option<T> {
        let total: u64 = from.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut at = self.below(total);
        from.iter().find_map(|(weight, thing)| {
            let weight = u64::from(*weight);
            if at < weight {
                return Some(*thing);
            }
            at -= weight;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SeededRandom;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut random = SeededRandom::new(seed);
            (0..8).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn a_shuffle_loses_nothing_and_is_repeatable() {
        let shuffled = |seed| {
            let mut things: Vec<u8> = (0..20).collect();
            SeededRandom::new(seed).shuffle(&mut things);
            things
        };
        let mut sorted = shuffled(7);
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..20));
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
    }

    #[test]
    fn what_has_no_weight_is_never_picked() {
        let mut random = SeededRandom::new(1);
        assert!((0..100).all(|_| random.pick(&[(0, 'a'), (3, 'b'), (0, 'c')]) == Some('b')));
        assert_eq!(random.pick::<char>(&[]), None);
    }
}
