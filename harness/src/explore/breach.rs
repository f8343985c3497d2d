//! What was found, so that equal findings of two sequences are recognised.

use std::fmt;

use crate::case::ClauseId;
use crate::judge::{Finding, Invariant, Origin, Severity, StepPart, Verdict};

/// What was broken, and the demands behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// What was broken; the first is the gravest.
    pub broken: Broken,
    /// The demands.
    pub clauses: Vec<ClauseId>,
}

/// What can be broken in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// An invariant; the first is the gravest.
    Invariant(Invariant),
    /// What must hold when a sequence around a cluster is over: the guest runs once.
    TheEnd,
}

impl Breach {
    /// The invariant that a finding is about; none for what says nothing against the agent.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        if finding.severity != Severity::Fail {
            return None;
        }
        let (broken, clauses) = match &finding.origin {
            Origin::Invariant(invariant) => {
                (Broken::Invariant(*invariant), finding.clauses.clone())
            }
            Origin::Then(_) => (Broken::TheEnd, finding.clauses.clone()),
            // The judge reports an overrun of a step at its `returns`.
            Origin::Step {
                part: StepPart::Returns,
                ..
            } => (
                Broken::Invariant(Invariant::StandardEnd),
                broken_by_the_end(finding),
            ),
            _ => return None,
        };
        Some(Self { broken, clauses })
    }

    /// The gravest breach of a verdict, with what was seen.
    #[must_use]
    pub fn worst(verdict: &Verdict) -> Option<(Self, String)> {
        let found = verdict.findings.iter();
        let breach = |finding: &Finding| Some((Self::of(finding)?, finding.seen.clone()));
        found.filter_map(breach).min()
    }

    /// What was seen of this breach.
    #[must_use]
    pub fn seen(&self, verdict: &Verdict) -> Option<String> {
        let same = |finding: &&Finding| Self::of(finding).as_ref() == Some(self);
        let found = verdict.findings.iter().find(same);
        found.map(|finding| finding.seen.clone())
    }

    /// Whether a verdict has this breach among its findings.
    #[must_use]
    pub fn is_in(&self, verdict: &Verdict) -> bool {
        self.seen(verdict).is_some()
    }
}

impl fmt::Display for Breach {
    /// `invariant 1 (DBL-01)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clauses: Vec<_> = self.clauses.iter().map(|id| id.0.as_str()).collect();
        match self.broken {
            Broken::Invariant(invariant) => write!(f, "{invariant}")?,
            Broken::TheEnd => f.write_str("the end")?,
        }
        write!(f, " ({})", clauses.join(", "))
    }
}

/// The clauses that a run broke by its end: the case's own come before the one about its timeout.
fn broken_by_the_end(finding: &Finding) -> Vec<ClauseId> {
    let overran = finding.clauses.iter().find(|id| id.0 == "OCF-TIME-01");
    overran.map_or_else(|| finding.clauses.clone(), |clause| vec![clause.clone()])
}
