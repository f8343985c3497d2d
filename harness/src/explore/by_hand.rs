//! Sequences in which the harness plays the manager: it runs the agent as Pacemaker's scheduler, or rgmanager, might
//! order it.

use std::sync::atomic::Ordering;

use super::chance::{Again, Chance, Scope};
use super::course::{Chooser, Course, Made, Standing};
use super::moves::Move;
use super::trial::{Named, Trial, Tried, judged};
use super::world::World;
use crate::case::Family;
use crate::drive::{self, Actors, Patience};
use crate::equipment::Equipment;
use crate::suite::{self, Crew};

/// One sequence in its world.
#[derive(Clone, Debug)]
pub(super) struct ByHand<'a> {
    /// What it is called in the results.
    named: &'a Named,
    /// Where it begins.
    world: World,
    /// Which manager is played.
    family: Family,
    /// The time that the agent's actions get, where it has asked for more.
    patience: Patience,
    /// Who plays it.
    crew: &'a Crew,
}

impl<'a> ByHand<'a> {
    /// Plays the sequence of a seed.
    pub(super) fn first(
        (seed, steps, scope): (u64, usize, Scope),
        named: &'a Named,
        crew: &'a Crew,
        patience: Patience,
    ) -> (Self, Tried<Made>) {
        let (world, mut chance) = Chance::new(seed, steps, scope);
        let trial = Self {
            named,
            world,
            family: scope.family,
            patience,
            crew,
        };
        let tried = trial.play(&mut chance);
        (trial, tried)
    }

    /// Plays what the chooser chooses.
    fn play(&self, chooser: &mut dyn Chooser) -> Tried<Made> {
        let (id, sentence) = (&self.named.id, &self.named.sentence);
        let empty = self.world.case(sentence, &[], Vec::new());
        let mut played = None;
        let acted = suite::on_a_lab(id, Equipment::default(), self.crew, &mut |lab, actors| {
            let actors = Actors {
                patience: &self.patience,
                ..actors
            };
            let mut course = Course::new((self.world, self.family), chooser);
            let history = drive::improvise(&empty, lab, actors, &mut |so_far| course.next(so_far));
            played = Some(course.end());
            history.into()
        });
        let played = played.unwrap_or_default();
        let moves: Vec<_> = played.moves.iter().map(|made| made.what).collect();
        let spec = self.world.case(sentence, &moves, played.steps.clone());
        let (history, verdict) = judged(acted, id, &spec, self.crew);
        let verdict = if played.unfair {
            suite::unknown(id, "the guest ignored a command")
        } else {
            verdict
        };
        Tried {
            moves: played.moves,
            spec,
            history,
            verdict,
        }
    }
}

impl Trial for ByHand<'_> {
    type Move = Made;

    fn again(&self, moves: &[Made]) -> Option<Tried<Made>> {
        let moves: Vec<_> = moves.iter().map(|made| made.what).collect();
        let mut chooser = Again::new(&moves);
        let tried = self.play(&mut chooser);
        (!chooser.was_refused()).then_some(tried)
    }

    /// Removes moves that are no longer legal, if the agent answers as it did in the whole sequence.
    fn repair(&self, moves: Vec<Made>) -> Vec<Made> {
        let mut standing = Standing::at_first(self.world, self.family);
        let mut kept = Vec::new();
        for made in moves {
            if standing.is_possible(made.what) {
                standing.note(made.what, &made.answers);
                kept.push(made);
            }
        }
        kept
    }

    /// A killed action may come to its own end.
    fn gentler(&self, made: &Made) -> Option<Made> {
        match made.what {
            Move::Act {
                act,
                on,
                cut: Some(_),
            } => Some(Made {
                what: Move::act(act, on),
                answers: made.answers.clone(),
            }),
            _ => None,
        }
    }

    fn is_interrupted(&self) -> bool {
        self.crew.interrupted.load(Ordering::Relaxed)
    }
}
