//! A sequence while it is played: each deed is chosen by what was seen before it.

use std::collections::VecDeque;

use super::chance::Chooser;
use super::deed::Deed;
use super::standing::Standing;
use super::world::World;
use crate::case::Step;
use crate::explore::facts::LastSeen;
use crate::history::{History, What};

/// One performance of a sequence.
pub(super) struct Course<'a> {
    world: World,
    chooser: &'a mut dyn Chooser,
    standing: Standing,
    done: Vec<Deed>,
    /// What is still to be done to end the sequence, once the chooser has no more.
    closing: Option<VecDeque<Deed>>,
    /// The steps of the last deed that are still to be done.
    pending: VecDeque<Step>,
    /// Every step so far, as a case has them.
    steps: Vec<Step>,
    /// The waits that must have come to their end.
    must_hold: Vec<usize>,
}

/// Whether the last wait was over before what it waited for had come.
fn was_missed(so_far: &History) -> bool {
    let held = so_far
        .entries
        .iter()
        .rev()
        .find_map(|entry| match entry.what {
            What::Settled { held, .. } => Some(held),
            _ => None,
        });
    held == Some(false)
}

/// A sequence that was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Played {
    /// The deeds that were chosen.
    pub(super) deeds: Vec<Deed>,
    /// They and the closing ones as the steps of a case.
    pub(super) steps: Vec<Step>,
    /// What makes that nothing can be decided, if anything does.
    pub(super) unfair: Option<&'static str>,
}

impl<'a> Course<'a> {
    /// A sequence that begins in that world.
    pub(super) fn new(world: World, chooser: &'a mut dyn Chooser) -> Self {
        Self {
            world,
            chooser,
            standing: Standing::at_first(world),
            done: Vec::new(),
            closing: None,
            pending: VecDeque::new(),
            steps: Vec::new(),
            must_hold: Vec::new(),
        }
    }

    /// The next step, by everything that was done and seen so far.
    pub(super) fn next(&mut self, so_far: &History) -> Option<Step> {
        while self.pending.is_empty() {
            if self.missed(so_far) {
                return None;
            }
            self.begin(so_far)?;
        }
        let step = self.pending.pop_front()?;
        self.steps.push(step.clone());
        Some(step)
    }

    /// Begins the next deed.
    fn begin(&mut self, so_far: &History) -> Option<()> {
        let what = match self.chosen(so_far) {
            Some(what) => {
                self.standing.note(what);
                self.done.push(what);
                what
            }
            None => self.close()?,
        };
        self.pending.extend(what.steps(self.world));
        if what.must_hold() {
            self.must_hold
                .push(self.steps.len() + self.pending.len() - 1);
        }
        Some(())
    }

    fn chosen(&mut self, so_far: &History) -> Option<Deed> {
        if self.closing.is_some() {
            return None;
        }
        if self.done.last().is_some_and(|last| last.awaits_idle()) && was_missed(so_far) {
            self.standing.is_still_busy();
        }
        let facts = LastSeen::of(so_far);
        self.chooser.next(&self.done, &self.standing, &facts)
    }

    /// The next of the deeds that end the sequence.
    fn close(&mut self) -> Option<Deed> {
        let standing = &self.standing;
        let closing = self
            .closing
            .get_or_insert_with(|| standing.closing().into());
        closing.pop_front()
    }

    /// Whether a wait did not come to its end though nothing can be decided without.
    fn missed(&self, so_far: &History) -> bool {
        so_far.entries.iter().any(|entry| match &entry.what {
            What::Settled { path, held: false } => self.must_hold.contains(&path.index()),
            _ => false,
        })
    }

    /// What was played, once the chooser has ended the sequence.
    pub(super) fn end(self, history: &History) -> Played {
        let why = match self.closing {
            Some(_) => "the cluster did not become idle",
            None => "the guest ignored a command",
        };
        let unfair = self.missed(history).then_some(why);
        Played {
            deeds: self.done,
            steps: self.steps,
            unfair,
        }
    }
}
