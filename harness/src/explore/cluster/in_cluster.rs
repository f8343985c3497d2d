//! One sequence on one lab with a cluster.

use std::sync::atomic::Ordering;

use super::chance::{Again, Chance, Chooser};
use super::course::Course;
use super::deed::Deed;
use super::standing::Standing;
use super::world::World;
use crate::drive::{self, Actors, Patience};
use crate::equipment::{Cluster, Equipment};
use crate::explore::chance::Scope;
use crate::explore::trial::{Named, Trial, Tried, judged};
use crate::judge::Severity;
use crate::suite::{self, Crew};

/// One sequence in its world.
#[derive(Clone, Debug)]
pub(in crate::explore) struct InCluster<'a> {
    named: &'a Named,
    world: World,
    patience: Patience,
    crew: &'a Crew,
}

impl<'a> InCluster<'a> {
    /// Plays the sequence of a seed.
    pub(in crate::explore) fn first(
        (seed, deeds, scope): (u64, usize, Scope),
        named: &'a Named,
        crew: &'a Crew,
        patience: Patience,
    ) -> (Self, Tried<Deed>) {
        let (world, mut chance) = Chance::new(seed, deeds, scope);
        let trial = Self {
            named,
            world,
            patience,
            crew,
        };
        let tried = trial.play(&mut chance);
        (trial, tried)
    }

    /// Plays what the chooser chooses.
    fn play(&self, chooser: &mut dyn Chooser) -> Tried<Deed> {
        let (id, sentence) = (&self.named.id, &self.named.sentence);
        let empty = self.world.case(sentence, Vec::new());
        let equipment = Equipment {
            cluster: Some(Cluster::Pacemaker),
            ..Equipment::default()
        };
        let mut played = None;
        let acted = suite::on_a_lab(id, equipment, self.crew, &mut |lab, actors| {
            let actors = Actors {
                patience: &self.patience,
                ..actors
            };
            let mut course = Course::new(self.world, chooser);
            let history = drive::improvise(&empty, lab, actors, &mut |so_far| course.next(so_far));
            played = Some(course.end(&history));
            history.into()
        });
        let played = played.unwrap_or_default();
        let spec = self.world.case(sentence, played.steps);
        let (history, verdict) = judged(acted, id, &spec, self.crew);
        let verdict = match played.unfair {
            Some(why) if verdict.severity != Severity::Fail => suite::unknown(id, why),
            _ => verdict,
        };
        Tried {
            moves: played.deeds,
            spec,
            history,
            verdict,
        }
    }
}

impl Trial for InCluster<'_> {
    type Move = Deed;

    fn again(&self, moves: &[Deed]) -> Option<Tried<Deed>> {
        let mut chooser = Again::new(moves);
        let tried = self.play(&mut chooser);
        (!chooser.was_refused()).then_some(tried)
    }

    fn repair(&self, moves: Vec<Deed>) -> Vec<Deed> {
        let mut standing = Standing::at_first(self.world);
        let mut kept = Vec::new();
        for what in moves {
            if standing.is_possible(what) {
                standing.note(what);
                kept.push(what);
            }
        }
        kept
    }

    fn gentler(&self, _: &Deed) -> Option<Deed> {
        None
    }

    fn is_interrupted(&self) -> bool {
        self.crew.interrupted.load(Ordering::Relaxed)
    }
}
