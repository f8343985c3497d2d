//! The cases of a run that have not begun: which one is next.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::case::LoadedCase;
use crate::equipment::Equipment;

/// The cases that have not begun, in their order, and what those that have begun need.
///
/// A case whose kind of lab is all in use lets others go first: it would only wait, and keep its worker from them.
#[derive(Debug)]
pub(super) struct Agenda {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    left: Vec<LoadedCase>,
    /// How many cases with that equipment have begun and not ended.
    begun: BTreeMap<Equipment, usize>,
}

impl Agenda {
    /// Of these cases, in this order.
    pub(super) fn new(left: Vec<LoadedCase>) -> Self {
        let begun = BTreeMap::new();
        Self {
            state: Mutex::new(State { left, begun }),
        }
    }

    /// Does something with each case that may begin, until none may. `most` says how many may have begun with an equipment;
    /// with one for each worker that is left, no case is left over. Whoever begins the last says so by `all_begun`.
    pub(super) fn work(
        &self,
        most: impl Fn(Equipment) -> usize,
        all_begun: impl Fn(),
        act: impl Fn(&LoadedCase),
    ) {
        while let Some((case, is_last)) = self.begin(&most) {
            if is_last {
                all_begun();
            }
            act(&case);
            let equipment = Equipment::from(&case.spec.needs);
            let mut state = self.lock();
            state.begun.entry(equipment).and_modify(|begun| *begun -= 1);
        }
    }

    /// The next case, and whether it is the last.
    fn begin(&self, most: &impl Fn(Equipment) -> usize) -> Option<(LoadedCase, bool)> {
        let mut state = self.lock();
        let State { left, begun } = &mut *state;
        let next = left.iter().position(|case| {
            let equipment = Equipment::from(&case.spec.needs);
            begun.get(&equipment).copied().unwrap_or_default() < most(equipment).max(1)
        })?;
        let case = left.remove(next);
        *begun.entry(Equipment::from(&case.spec.needs)).or_default() += 1;
        Some((case, left.is_empty()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::Agenda;
    use crate::case::Suite;
    use crate::equipment::Equipment;

    #[test]
    fn a_case_whose_labs_are_all_in_use_lets_others_go_first_and_none_is_forgotten() {
        let cases = Suite::shipped().unwrap().cases;
        let special = |case: &crate::case::LoadedCase| {
            Equipment::from(&case.spec.needs) != Equipment::default()
        };
        let (mut chosen, usual): (Vec<_>, Vec<_>) = cases.into_iter().partition(special);
        let kind = Equipment::from(&chosen[0].spec.needs);
        chosen.retain(|case| Equipment::from(&case.spec.needs) == kind);
        let all = chosen.len() + usual.len();
        chosen.extend(usual);
        let agenda = Agenda::new(chosen);
        let begun = RefCell::new(0);
        let count = |_: &_| *begun.borrow_mut() += 1;
        let one_of_the_kind = |equipment| if equipment == kind { 1 } else { 9 };
        let ends = RefCell::new(0);
        let all_begun = || *ends.borrow_mut() += 1;
        agenda.work(one_of_the_kind, all_begun, |case| {
            if *begun.borrow() == 0 {
                assert!(special(case));
                // Another worker, while the first one is busy.
                *begun.borrow_mut() += 1;
                agenda.work(one_of_the_kind, all_begun, |case| {
                    assert!(!special(case));
                    count(case);
                });
            } else {
                count(case);
            }
        });
        assert_eq!((begun.take(), ends.take()), (all, 1));
    }
}
