//! The fewest moves that still show a breach: each shorter sequence runs on a lab, and must show it twice in a row.

use std::time::{Duration, Instant};

use super::breach::Breach;
use super::shrink::shrink;
use super::trial::{Trial, Tried};

/// How many runs the shrinking of one finding may take.
const RUNS: u32 = 60;
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Shrinks a sequence: the shortest one that showed the breach twice in a row, if any did, and how many runs it took.
pub(super) fn narrow<T: Trial>(
    trial: &T,
    breach: &Breach,
    whole: &[T::Move],
) -> (Option<Tried<T::Move>>, u32) {
    let mut narrowing = Narrowing {
        trial,
        breach,
        runs: 0,
        until: Instant::now() + PATIENCE,
        shortest: None,
    };
    narrowing.run(whole);
    (narrowing.shortest, narrowing.runs)
}

struct Narrowing<'a, T: Trial> {
    trial: &'a T,
    breach: &'a Breach,
    runs: u32,
    until: Instant,
    shortest: Option<Tried<T::Move>>,
}

impl<T: Trial> Narrowing<'_, T> {
    fn run(&mut self, whole: &[T::Move]) {
        // The whole sequence once more: a breach that does not occur again cannot be shrunk.
        if !self.shows(whole) {
            return;
        }
        let trial = self.trial;
        let repair = |left| trial.repair(left);
        let kept = shrink(whole, &repair, &mut |shorter| self.shows(shorter));
        self.soften(kept);
    }

    /// Makes each move gentler, such as a killed action that comes to its end, where that shows the breach too.
    fn soften(&mut self, mut moves: Vec<T::Move>) {
        for index in 0..moves.len() {
            let Some(gentler) = self.trial.gentler(&moves[index]) else {
                continue;
            };
            let harsher = std::mem::replace(&mut moves[index], gentler);
            if !self.shows(&moves) {
                moves[index] = harsher;
            }
        }
    }

    /// Whether these moves show the breach, twice in a row.
    fn shows(&mut self, moves: &[T::Move]) -> bool {
        let mut last = None;
        for _ in 0..2 {
            let over = self.runs >= RUNS || Instant::now() > self.until;
            if over || self.trial.is_interrupted() {
                return false;
            }
            self.runs += 1;
            match self.trial.again(moves) {
                Some(tried) if self.breach.is_in(&tried.verdict) => last = Some(tried),
                _ => return false,
            }
        }
        self.shortest = last;
        true
    }
}
