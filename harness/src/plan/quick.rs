//! The few cases that are worth most to somebody who tries an agent again and again.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::choose::Plan;
use super::profile::Profile;
use super::proof::CasePattern;
use crate::case::{CaughtBy, LoadedCase, Suite};
use crate::equipment::Equipment;

/// The time of all labs together that a quick run may take, in milliseconds: what is left of ten seconds on two processors
/// once their eight labs are there.
const BUDGET: u64 = 72_000;

/// What each case takes besides, in milliseconds: the reset of its lab.
const RESET: u64 = 250;

/// What a lab with special equipment takes to start, in milliseconds.
const START: u64 = 3_000;

/// The share of the faulty agents that is enough, in percent: what catches it may take the whole time.
const ENOUGH: usize = 80;

/// The time of all labs together, in milliseconds, that may be used to catch more than enough.
const MORE: u64 = 68_000;

/// The kind of agents by which one is judged of whose kind the suite has none that are faulty.
const USUAL: &str = "libvirt";

/// What a quick choice is worth. Its `Display` is a sentence without a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Quick {
    /// The kind of the faulty agents: `fence`, `rgmanager`, or the engine of a resource agent of Pacemaker's.
    pub kind: &'static str,
    /// How many cases were chosen.
    pub cases: usize,
    /// How many faulty agents they catch at least.
    pub caught: usize,
    /// How many all cases of the plan catch.
    pub all: usize,
}

impl Quick {
    /// The share of the faulty agents that the chosen cases catch, in percent.
    #[must_use]
    pub fn share(self) -> usize {
        self.caught * 100 / self.all.max(1)
    }
}

impl fmt::Display for Quick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            cases,
            caught,
            all,
        } = self;
        let share = self.share();
        write!(
            f,
            "quick: {cases} cases, which catch {caught} of {all} faulty agents of the kind `{kind}` ({share} %)"
        )
    }
}

/// A case that may be chosen.
struct Candidate {
    position: usize,
    catches: BTreeSet<usize>,
    took: u64,
    /// What the lab must be started with that few cases need.
    special: Option<Equipment>,
}

impl Plan {
    /// Leaves out all cases but those that catch most of the faulty agents of the suite in a few seconds: the cases that
    /// catch the most agents for their time first, of those that no case before has caught. Only faulty agents of the
    /// profile's kind count.
    pub fn quicken(&mut self, suite: &Suite, profile: &Profile) -> Quick {
        let own = suite.catches.of(profile.kind());
        let kind = own.map_or(USUAL, |_| profile.kind());
        let none = CaughtBy::new();
        let agents = suite.catches.of(kind).unwrap_or(&none);
        let candidates = self.candidates(suite, agents);
        let catchable: BTreeSet<usize> = candidates
            .iter()
            .flat_map(|one| one.catches.clone())
            .collect();
        let all = catchable.len();
        let (chosen, caught) = choose(candidates, all);
        let before = self.chosen.len();
        let mut position = 0..;
        self.chosen
            .retain(|_| position.next().is_some_and(|at| chosen.contains(&at)));
        let cases = self.chosen.len();
        self.filtered_out += before - cases;
        Quick {
            kind,
            cases,
            caught,
            all,
        }
    }

    fn candidates(&self, suite: &Suite, agents: &CaughtBy) -> Vec<Candidate> {
        let patterns = |cases: &Vec<String>| -> Vec<CasePattern> {
            cases.iter().map(|case| CasePattern::new(case)).collect()
        };
        let agents: Vec<_> = agents.values().map(patterns).collect();
        let caught_by = |case: &LoadedCase| {
            let caught =
                |patterns: &Vec<CasePattern>| patterns.iter().any(|one| one.fits(&case.id));
            let agents = agents.iter().enumerate();
            agents
                .filter(|(_, agent)| caught(agent))
                .map(|(position, _)| position)
                .collect()
        };
        let candidate = |(position, case): (usize, &LoadedCase)| Candidate {
            position,
            catches: caught_by(case),
            took: suite.durations.of(case).0 + RESET,
            special: Some(Equipment::from(&case.spec.needs))
                .filter(|it| *it != Equipment::default()),
        };
        self.chosen.iter().enumerate().map(candidate).collect()
    }
}

/// The positions of the cases that are chosen, and how many agents they catch.
fn choose(mut candidates: Vec<Candidate>, all: usize) -> (BTreeSet<usize>, usize) {
    let mut chosen = BTreeSet::new();
    let mut caught = BTreeSet::new();
    let mut started: Vec<Equipment> = Vec::new();
    let mut left = BUDGET;
    loop {
        let may_take = match caught.len() * 100 < all * ENOUGH {
            true => left,
            false => left.saturating_sub(BUDGET - MORE),
        };
        let cost = |one: &Candidate| match &one.special {
            Some(special) if !started.contains(special) => one.took + START,
            _ => one.took,
        };
        // Agents an hour, in whole numbers: the same on every machine.
        let worth = |one: &Candidate| {
            let new = u64::try_from(one.catches.difference(&caught).count()).unwrap_or(u64::MAX);
            new.saturating_mul(3_600_000) / cost(one).max(1)
        };
        let affordable = candidates
            .iter()
            .enumerate()
            .filter(|(_, one)| cost(one) <= may_take);
        let best = affordable.rev().max_by_key(|(_, one)| worth(one));
        let Some((at, _)) = best.filter(|(_, one)| worth(one) > 0) else {
            break;
        };
        left -= cost(&candidates[at]);
        let best = candidates.swap_remove(at);
        chosen.insert(best.position);
        caught.extend(best.catches);
        started.extend(best.special);
    }
    (chosen, caught.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(position: usize, catches: &[usize], took: u64) -> Candidate {
        Candidate {
            position,
            catches: catches.iter().copied().collect(),
            took,
            special: None,
        }
    }

    fn chosen(candidates: Vec<Candidate>, all: usize) -> (Vec<usize>, usize) {
        let (chosen, caught) = choose(candidates, all);
        (chosen.into_iter().collect(), caught)
    }

    #[test]
    fn the_case_that_catches_the_most_for_its_time_is_chosen_first_and_what_catches_no_more_is_left_out()
     {
        let candidates = vec![
            candidate(0, &[0, 1], 1000),
            candidate(1, &[0, 1, 2, 3], 1500),
            candidate(2, &[0], 10),
            candidate(3, &[4], 500),
        ];
        assert_eq!(chosen(candidates, 5), (vec![1, 2, 3], 5));
    }

    #[test]
    fn where_enough_are_caught_less_time_is_given_for_more() {
        let candidates = || vec![candidate(0, &[0, 1, 2, 3], 1000), candidate(1, &[4], MORE)];
        assert_eq!(chosen(candidates(), 5), (vec![0], 4));
        assert_eq!(chosen(candidates(), 6), (vec![0, 1], 5));
    }

    #[test]
    fn what_does_not_fit_into_the_time_is_not_chosen() {
        let candidates = vec![
            candidate(0, &[0, 1, 2, 3], BUDGET + 1),
            candidate(1, &[0], BUDGET),
            candidate(2, &[1], 1),
        ];
        assert_eq!(chosen(candidates, 4), (vec![2], 1));
    }

    #[test]
    fn a_lab_of_its_own_counts_once() {
        let special = Some(Equipment {
            transport: crate::equipment::Transport::Tls,
            ..Equipment::default()
        });
        let tls = |position, agent| Candidate {
            special,
            ..candidate(position, &[agent], BUDGET - START - 100)
        };
        let tls_again = Candidate {
            special,
            ..candidate(2, &[2], 100)
        };
        assert_eq!(chosen(vec![tls(0, 0), tls(1, 1), tls_again], 3).1, 2);
    }
}
