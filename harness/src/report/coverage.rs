use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::case::{CaseId, ClauseId};

/// One clause with the cases that decide it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The clause.
    pub clause: ClauseId,
    /// The cases, none when the clause is still open.
    pub cases: Vec<CaseId>,
    /// Whether an invariant judges it, whatever the case.
    pub always: bool,
    /// The tiers that it takes to decide it, as the register writes them: `T2 T3`.
    pub tier: String,
}

impl fmt::Display for Covered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let always = self.always.then_some("every case");
        let named = self.cases.iter().map(|id| id.0.as_str());
        let by: Vec<_> = always.into_iter().chain(named).collect();
        if by.is_empty() {
            write!(
                f,
                "{:<16} no case yet; needs tier {}",
                self.clause.0, self.tier
            )
        } else {
            write!(f, "{:<16} {}", self.clause.0, by.join(", "))
        }
    }
}

impl Covered {
    /// Whether any case decides it.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.always || !self.cases.is_empty()
    }
}

/// Lists for every clause, in the order of ids, its tier and the cases that cover it.
///
/// `always` are the clauses that every case decides, by an invariant.
pub fn coverage<'a>(
    clauses: impl IntoIterator<Item = (&'a ClauseId, String)>,
    cases: impl IntoIterator<Item = (&'a CaseId, &'a [ClauseId])>,
    always: &BTreeSet<&str>,
) -> Vec<Covered> {
    let mut by_clause: BTreeMap<&ClauseId, Vec<CaseId>> = BTreeMap::new();
    for (id, clauses) in cases {
        for clause in clauses {
            by_clause.entry(clause).or_default().push(id.clone());
        }
    }
    let covered = clauses.into_iter().map(|(clause, tier)| Covered {
        clause: clause.clone(),
        cases: by_clause.remove(clause).unwrap_or_default(),
        always: always.contains(clause.0.as_str()),
        tier,
    });
    let mut all: Vec<_> = covered.collect();
    all.sort_by(|one, other| one.clause.cmp(&other.clause));
    all
}
