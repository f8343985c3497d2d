//! A sequence while it is played: each move is chosen by the results of those before.

use std::collections::VecDeque;

use super::facts::{Answered, LastSeen, answers, was_deaf};
use super::fair::Harmed;
use super::manager::Manager;
use super::moves::Move;
use super::world::World;
use crate::case::{Family, Step};
use crate::history::History;

/// Where a sequence stands: what the manager believes, and what is harmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The manager.
    pub manager: Manager,
    /// The lab.
    pub harmed: Harmed,
}

impl Standing {
    /// How things stand at the beginning.
    #[must_use]
    pub fn at_first(world: World, family: Family) -> Self {
        Self {
            manager: world.manager(family),
            harmed: Harmed::default(),
        }
    }

    /// Whether a move is both legal and fair now.
    #[must_use]
    pub fn allows(&self, what: Move, facts: &LastSeen) -> bool {
        self.is_legal(what) && self.harmed.allows(what, &self.manager, facts)
    }

    /// Whether the cluster may make that move; what is not the cluster's is not asked.
    #[must_use]
    pub fn is_legal(&self, what: Move) -> bool {
        match what {
            Move::Act {
                act, cut: Some(_), ..
            } if !self.manager.may_kill(act) => false,
            Move::Act { act, on, .. } => self.manager.may(act, on),
            Move::StopBoth => self.manager.may_stop_both(),
            _ => !self.manager.is_over(),
        }
    }

    /// Whether a move may be legal and fair, as far as is known without a look at the lab.
    #[must_use]
    pub fn is_possible(&self, what: Move) -> bool {
        self.is_legal(what) && self.harmed.has_begun(what)
    }

    /// Takes note of a move with its answers.
    pub fn note(&mut self, what: Move, answers: &[Answered]) {
        for answered in answers {
            self.manager.learn(answered.act, answered.on, answered.how);
        }
        self.harmed.note(what, answers, &self.manager);
    }
}

/// One move that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The move.
    pub what: Move,
    /// What the agent answered, for each of its runs.
    pub answers: Vec<Answered>,
}

/// Chooses the next move.
pub trait Chooser {
    /// The next move, or the end.
    fn next(&mut self, made: &[Made], standing: &Standing, facts: &LastSeen) -> Option<Move>;
}

/// One performance of a sequence.
pub struct Course<'a> {
    chooser: &'a mut dyn Chooser,
    standing: Standing,
    made: Vec<Made>,
    /// The steps of the last move that are still to be done.
    pending: VecDeque<Step>,
    /// Every step so far, as a case has them.
    steps: Vec<Step>,
    /// The first step of the last move.
    began: usize,
    unfair: bool,
}

impl<'a> Course<'a> {
    /// A sequence that begins in that world, for an agent of such a dialect.
    pub fn new((world, family): (World, Family), chooser: &'a mut dyn Chooser) -> Self {
        Self {
            chooser,
            standing: Standing::at_first(world, family),
            made: Vec::new(),
            pending: VecDeque::new(),
            steps: Vec::new(),
            began: 0,
            unfair: false,
        }
    }

    /// The next step, by everything that was done and seen so far.
    pub fn next(&mut self, so_far: &History) -> Option<Step> {
        if self.pending.is_empty() {
            self.learn(so_far);
            if was_deaf(so_far) {
                self.unfair = true;
                return None;
            }
            let facts = LastSeen::of(so_far);
            let what = self.chooser.next(&self.made, &self.standing, &facts)?;
            self.began = self.steps.len();
            self.pending.extend(what.steps());
            self.made.push(Made {
                what,
                answers: Vec::new(),
            });
        }
        let step = self.pending.pop_front()?;
        self.steps.push(step.clone());
        Some(step)
    }

    /// Learns what came of the last move.
    fn learn(&mut self, so_far: &History) {
        let Some(last) = self.made.last_mut() else {
            return;
        };
        last.answers = answers(so_far, self.began);
        self.standing.note(last.what, &last.answers);
    }

    /// What was played, once the chooser has ended the sequence.
    #[must_use]
    pub fn end(self) -> Played {
        Played {
            moves: self.made,
            steps: self.steps,
            unfair: self.unfair,
        }
    }
}

/// A sequence that was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Its moves with their answers.
    pub moves: Vec<Made>,
    /// The same as the steps of a case.
    pub steps: Vec<Step>,
    /// Whether the guest ignored a command, so that nothing can be decided.
    pub unfair: bool,
}
