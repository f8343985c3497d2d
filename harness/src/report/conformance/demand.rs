//! What became of each demand in a run.

use std::collections::BTreeSet;

use super::fate::{Fate, Tried};
use crate::case::{Clause, ClauseId, ConformanceProfile, Level, Register};
use crate::judge::{Finding, Invariant, Severity};

/// What became of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Every case that was tried found it met.
    Met,
    /// A case found it broken, known deviation or not.
    NotMet,
    /// None of its cases applies to the agent.
    NotApplicable,
    /// This machine can carry out none of its cases.
    NotTriedHere,
    /// Its cases could have been tried, and none was.
    NotTried,
    /// A case could not decide it, and none found it broken.
    Undecided,
}

/// A demand with what became of it.
pub(super) struct Decided<'a> {
    pub(super) id: &'a ClauseId,
    pub(super) level: Level,
    pub(super) profile: ConformanceProfile,
    pub(super) outcome: Outcome,
}

/// What became of every `must` and `should` that the suite has a case for.
pub(super) fn decide<'a>(register: &'a Register, tried: &[Tried<'_>]) -> Vec<Decided<'a>> {
    let always = Invariant::every_clause();
    let broken = [Severity::Fail, Severity::Warn].map(|severity| broken(tried, severity));
    let [failed, warned] = &broken;
    let decided = register.clauses.iter().filter_map(|(id, clause)| {
        let is_broken = match clause.level {
            Level::Must => failed.contains(id),
            Level::Should => failed.contains(id) || warned.contains(id),
            Level::May => return None,
        };
        let outcome = match is_broken {
            true => Outcome::NotMet,
            false => unbroken(&cases_of(id, tried, &always))?,
        };
        Some(decided(id, clause, outcome))
    });
    decided.collect()
}

const fn decided<'a>(id: &'a ClauseId, clause: &Clause, outcome: Outcome) -> Decided<'a> {
    Decided {
        id,
        level: clause.level,
        profile: clause.profile,
        outcome,
    }
}

/// The clauses of all findings of that severity.
fn broken<'a>(tried: &[Tried<'a>], severity: Severity) -> BTreeSet<&'a ClauseId> {
    let judged = tried.iter().filter_map(|one| match one.fate {
        Fate::Judged(end) => Some(end),
        _ => None,
    });
    let findings = judged.flat_map(|end| &end.verdict.findings);
    let of_that = findings.filter(|finding| finding.severity == severity);
    of_that.flat_map(|finding| &finding.clauses).collect()
}

/// What became of the cases that cite a clause; where none does and an invariant judges it, of all cases of resource
/// agents.
fn cases_of<'a>(id: &ClauseId, tried: &[Tried<'a>], always: &BTreeSet<&str>) -> Vec<Fate<'a>> {
    let citing = tried.iter().filter(|one| one.case.spec.clause.contains(id));
    let citing: Vec<_> = citing.map(|one| one.fate).collect();
    if !citing.is_empty() || !always.contains(id.0.as_str()) {
        return citing;
    }
    let any = tried
        .iter()
        .filter(|one| !one.case.spec.is_for_fence_agents());
    let any: Vec<_> = any.map(|one| one.fate).collect();
    // One case that decides nothing leaves the others, which decide the same.
    let is_decisive = |fate: &Fate<'_>| matches!(fate, Fate::Judged(_)) && !is_doubtful(fate);
    match any.iter().any(is_decisive) {
        true => any.into_iter().filter(is_decisive).collect(),
        false => any,
    }
}

/// Whether a case could not decide something.
fn is_doubtful(fate: &Fate<'_>) -> bool {
    let unknown = |finding: &Finding| finding.severity == Severity::Unknown;
    match fate {
        Fate::Judged(end) => end.verdict.findings.iter().any(unknown),
        _ => false,
    }
}

/// What became of a demand that no finding says is broken; none where no case decides it.
fn unbroken(fates: &[Fate<'_>]) -> Option<Outcome> {
    let any = |wanted: fn(&Fate<'_>) -> bool| fates.iter().any(wanted);
    let outcome = if fates.is_empty() {
        return None;
    } else if any(is_doubtful) {
        Outcome::Undecided
    } else if any(|fate| matches!(fate, Fate::Judged(_))) {
        Outcome::Met
    } else if any(|fate| matches!(fate, Fate::LeftOut)) {
        Outcome::NotTried
    } else if any(|fate| matches!(fate, Fate::MachineLacks)) {
        Outcome::NotTriedHere
    } else {
        Outcome::NotApplicable
    };
    Some(outcome)
}
