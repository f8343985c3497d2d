//! The fewest moves that still show a breach: each shorter sequence runs on a lab, and must show it twice in a row.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::breach::Breach;
use super::course::{Made, Standing};
use super::moves::Move;
use super::shrink::shrink;
use super::trial::{Trial, Tried};
use super::world::World;

/// How many runs the shrinking of one finding may take.
const RUNS: u32 = 60;
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Shrinks a sequence: the shortest one that showed the breach twice in a row, if any did, and how many runs it took.
pub(super) fn narrow(trial: &Trial<'_>, breach: &Breach, whole: &[Made]) -> (Option<Tried>, u32) {
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

struct Narrowing<'a> {
    trial: &'a Trial<'a>,
    breach: &'a Breach,
    runs: u32,
    until: Instant,
    shortest: Option<Tried>,
}

impl Narrowing<'_> {
    fn run(&mut self, whole: &[Made]) {
        // The whole sequence once more: a breach that does not occur again cannot be shrunk.
        if !self.shows(&moves(whole)) {
            return;
        }
        let world = self.trial.world;
        let kept = shrink(whole, &|left| repair(world, left), &mut |shorter| {
            self.shows(&moves(shorter))
        });
        self.uncut(moves(&kept));
    }

    /// Lets each killed action end by itself, where that shows the breach too.
    fn uncut(&mut self, mut moves: Vec<Move>) {
        for index in 0..moves.len() {
            let Move::Act {
                act,
                on,
                cut: Some(_),
            } = moves[index]
            else {
                continue;
            };
            let cut = std::mem::replace(&mut moves[index], Move::act(act, on));
            if !self.shows(&moves) {
                moves[index] = cut;
            }
        }
    }

    /// Whether these moves show the breach, twice in a row.
    fn shows(&mut self, moves: &[Move]) -> bool {
        let mut last = None;
        for _ in 0..2 {
            let over = self.runs >= RUNS || Instant::now() > self.until;
            if over || self.trial.crew.interrupted.load(Ordering::Relaxed) {
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

/// Removes moves that are no longer legal, if the agent answers as it did in the whole sequence.
fn repair(world: World, moves: Vec<Made>) -> Vec<Made> {
    let mut standing = Standing::at_first(world);
    let mut kept = Vec::new();
    for made in moves {
        if standing.is_possible(made.what) {
            standing.note(made.what, &made.answers);
            kept.push(made);
        }
    }
    kept
}

fn moves(made: &[Made]) -> Vec<Move> {
    made.iter().map(|made| made.what).collect()
}
