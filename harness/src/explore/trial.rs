//! One sequence on one lab, and what the invariants say of it.

use crate::case::{CaseId, CaseSpec};
use crate::history::History;
use crate::judge::{Severity, Verdict, judge};
use crate::suite::{self, Crew};

/// A sequence that was played and judged.
#[derive(Clone, Debug)]
pub(super) struct Tried<M> {
    /// The moves that were made.
    pub(super) moves: Vec<M>,
    /// The same as a case.
    pub(super) spec: CaseSpec,
    /// What was done and seen.
    pub(super) history: History,
    /// What it came to.
    pub(super) verdict: Verdict,
}

impl<M> Tried<M> {
    /// Whether the lab failed, so that nothing can be said.
    pub(super) fn is_lost(&self) -> bool {
        self.verdict.severity == Severity::Unknown
    }
}

/// Judges what was done on a lab by that case; where the lab failed, nothing was, and the verdict is `unknown`.
pub(super) fn judged(
    acted: Result<History, String>,
    id: &CaseId,
    spec: &CaseSpec,
    crew: &Crew,
) -> (History, Verdict) {
    match acted {
        Ok(history) => {
            let verdict = judge(id, spec, &history, &crew.facts());
            (history, verdict)
        }
        Err(why) => (History::default(), suite::unknown(id, &why)),
    }
}

/// The name that a sequence has in the results.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Its id.
    pub(super) id: CaseId,
    /// Its sentence.
    pub(super) sentence: String,
}

/// What a sequence is tried on, so that shorter ones can be: moves of its kind, in its world.
pub(super) trait Trial {
    /// A move that was made.
    type Move: Clone;

    /// Plays these moves again; none when they were no longer legal or fair.
    fn again(&self, moves: &[Self::Move]) -> Option<Tried<Self::Move>>;

    /// Removes moves that make no sense without those that are gone.
    fn repair(&self, moves: Vec<Self::Move>) -> Vec<Self::Move>;

    /// The same move without what it may not need, if there is such a thing.
    fn gentler(&self, what: &Self::Move) -> Option<Self::Move>;

    /// Whether the user interrupted the run.
    fn is_interrupted(&self) -> bool;
}
