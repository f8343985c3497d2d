//! One sequence on one lab, and what the invariants say of it.

use super::chance::Again;
use super::course::{Chooser, Course, Played};
use super::moves::Move;
use super::world::World;
use crate::case::{CaseId, CaseSpec};
use crate::drive::{self, Actors, Patience};
use crate::equipment::Equipment;
use crate::history::History;
use crate::judge::{Severity, Verdict, judge};
use crate::suite::{self, Crew};

/// A sequence that was played and judged.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    /// What was played.
    pub(super) played: Played,
    /// The same as a case.
    pub(super) spec: CaseSpec,
    /// What was done and seen.
    pub(super) history: History,
    /// What it came to.
    pub(super) verdict: Verdict,
}

/// What is tried, and in which world.
#[derive(Clone, Debug)]
pub(super) struct Trial<'a> {
    /// Its id in the results.
    pub(super) id: &'a CaseId,
    /// Its sentence.
    pub(super) sentence: &'a str,
    /// Where it begins.
    pub(super) world: World,
    /// The time that the agent's actions get, where it has asked for more.
    pub(super) patience: Patience,
    /// Who plays it.
    pub(super) crew: &'a Crew,
}

impl Trial<'_> {
    /// Plays what the chooser chooses.
    pub(super) fn play(&self, chooser: &mut dyn Chooser) -> Tried {
        let empty = self.world.case(self.sentence, &[], Vec::new());
        let mut played = None;
        let acted = suite::on_a_lab(
            self.id,
            Equipment::default(),
            self.crew,
            &mut |lab, actors| {
                let actors = Actors {
                    patience: &self.patience,
                    ..actors
                };
                let mut course = Course::new(self.world, chooser);
                let history =
                    drive::improvise(&empty, lab, actors, &mut |so_far| course.next(so_far));
                played = Some(course.end());
                history.into()
            },
        );
        let played = played.unwrap_or_default();
        let moves: Vec<_> = played.moves.iter().map(|made| made.what).collect();
        let spec = self.world.case(self.sentence, &moves, played.steps.clone());
        let (history, verdict) = match acted {
            Ok(history) => {
                let verdict = judge(self.id, &spec, &history, &self.crew.facts());
                (history, verdict)
            }
            Err(why) => (History::default(), suite::unknown(self.id, &why)),
        };
        let verdict = if played.unfair {
            suite::unknown(self.id, "the guest ignored a command")
        } else {
            verdict
        };
        Tried {
            played,
            spec,
            history,
            verdict,
        }
    }

    /// Plays these moves again; none when they were no longer legal or fair.
    pub(super) fn again(&self, moves: &[Move]) -> Option<Tried> {
        let mut chooser = Again::new(moves);
        let tried = self.play(&mut chooser);
        (!chooser.was_refused()).then_some(tried)
    }
}

impl Tried {
    /// Whether the lab failed, so that nothing can be said.
    pub(super) fn is_lost(&self) -> bool {
        self.verdict.severity == Severity::Unknown
    }
}
