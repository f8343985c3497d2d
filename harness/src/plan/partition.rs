//! A part of a run's cases, for several runners that share a suite.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

/// The most parts: each takes at least a run of its own.
const MOST: usize = 1000;

/// What is asked for by anything else.
const EXPECTED: &str = "expected `slice:M/N` with M from 1 to N, such as `slice:1/3`";

/// One of several parts of about the same length: `slice:M/N`, as nextest writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Which part, from 1.
    slice: usize,
    /// How many parts there are.
    of: usize,
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.strip_prefix("slice:");
        let numbers = numbers.and_then(|numbers| numbers.split_once('/'));
        let number = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_plain)
        };
        let read = numbers.and_then(|(slice, of)| Some((number(slice)?, number(of)?)));
        let (slice, of) = read.ok_or(EXPECTED)?;
        if of > MOST {
            return Err(format!("there are at most {MOST} slices"));
        }
        match (1..=of).contains(&slice) {
            true => Ok(Self { slice, of }),
            false => Err(EXPECTED.to_owned()),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slice:{}/{}", self.slice, self.of)
    }
}

impl Partition {
    /// Whether different parts make up a whole.
    #[must_use]
    pub fn are_all(parts: &[Self]) -> bool {
        parts.iter().all(|part| part.of == parts.len()) && !parts.is_empty()
    }

    /// Which of the things that take so long are in this part, in their order. The longest is dealt out first, and each goes
    /// to the part that has the least to do so far: the parts of the same things are the same wherever they are made.
    #[must_use]
    pub fn choose(self, lengths: &[u64]) -> Vec<bool> {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|position| (Reverse(lengths[*position]), *position));
        let mut loads = vec![0_u64; self.of];
        let mut mine = vec![false; lengths.len()];
        for position in order {
            let least = (0..self.of).min_by_key(|slice| (loads[*slice], *slice));
            let least = least.unwrap_or_default();
            loads[least] = loads[least].saturating_add(lengths[position]);
            mine[position] = least + 1 == self.slice;
        }
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_random::SeededRandom;

    fn of(text: &str) -> Partition {
        text.parse().expect("it is good")
    }

    #[test]
    fn what_is_no_part_of_a_whole_is_refused() {
        assert_eq!(of("slice:2/3").to_string(), "slice:2/3");
        for wrong in [
            "",
            "1/3",
            "slice",
            "slice:",
            "slice:1",
            "slice:0/3",
            "slice:4/3",
            "slice:1/0",
            "slice:a/3",
            "slice:+1/3",
            "slice:1/3/3",
            "slice:-1/3",
            "slice:1.5/3",
            "count:1/3",
            "hash:1/3",
            "slice:1/1001",
            "slice: 1/3",
        ] {
            assert!(wrong.parse::<Partition>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_parts_make_up_a_whole() {
        assert!(Partition::are_all(&[of("slice:1/2"), of("slice:2/2")]));
        assert!(!Partition::are_all(&[of("slice:1/3"), of("slice:2/3")]));
        assert!(!Partition::are_all(&[of("slice:1/2"), of("slice:3/3")]));
        assert!(!Partition::are_all(&[]));
    }

    #[test]
    fn each_thing_is_in_exactly_one_part_and_no_part_has_much_more_than_another() {
        let mut random = SeededRandom::new(7);
        for _ in 0..200 {
            let count = random.below(60);
            let lengths: Vec<u64> = (0..count).map(|_| random.below(5000)).collect();
            let parts = 1 + random.below(8);
            let mut owners = vec![0; lengths.len()];
            let mut loads = Vec::new();
            for slice in 1..=parts {
                let mine = of(&format!("slice:{slice}/{parts}")).choose(&lengths);
                let chosen = (0..lengths.len()).filter(|position| mine[*position]);
                let chosen: Vec<usize> = chosen.collect();
                chosen.iter().for_each(|position| owners[*position] += 1);
                loads.push(
                    chosen
                        .iter()
                        .map(|position| lengths[*position])
                        .sum::<u64>(),
                );
            }
            assert!(owners.iter().all(|owners| *owners == 1), "{owners:?}");
            let longest = lengths.iter().max().copied().unwrap_or_default();
            let least = loads.iter().min().expect("there are some");
            assert!(
                loads.iter().all(|load| *load <= least + longest),
                "{loads:?}"
            );
        }
    }
}
