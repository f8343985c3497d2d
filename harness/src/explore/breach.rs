//! What was found, so that two findings can be told to be the same one.

use crate::case::ClauseId;
use crate::judge::{Finding, Severity, Verdict};

/// An invariant that was broken, and the demands behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The invariant's number; the double start is the first.
    pub invariant: u8,
    /// The demands.
    pub clauses: Vec<ClauseId>,
}

/// The invariant that every action ends in time; the judge tells an overrun at the step's `returns`.
const ENDS_IN_TIME: u8 = 9;

impl Breach {
    /// The invariant that a finding is about; none for what says nothing against the agent.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        if finding.severity != Severity::Fail {
            return None;
        }
        let invariant = match finding.place.strip_prefix("invariant ") {
            Some(number) => number.parse().ok()?,
            None if finding.place.ends_with(".returns") => ENDS_IN_TIME,
            None => return None,
        };
        // The case's own clauses come before the one that was broken.
        let overran = finding.clauses.iter().find(|one| one.0 == "OCF-TIME-01");
        let clauses = match (finding.place.starts_with("invariant"), overran) {
            (false, Some(clause)) => vec![clause.clone()],
            _ => finding.clauses.clone(),
        };
        Some(Self { invariant, clauses })
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

    /// `invariant 1 (DBL-01)`.
    #[must_use]
    pub fn words(&self) -> String {
        let clauses: Vec<_> = self.clauses.iter().map(|id| id.0.as_str()).collect();
        format!("invariant {} ({})", self.invariant, clauses.join(", "))
    }
}
