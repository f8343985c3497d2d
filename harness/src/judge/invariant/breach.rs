use crate::case::ClauseId;
use crate::history::{Moment, NodeName};
use crate::judge::{Finding, Invariant, Origin, Severity};

/// A breach of an invariant, before it is weighed.
pub(super) struct Breach<'a> {
    pub(super) invariant: Invariant,
    /// Which of the invariant's clauses are broken.
    pub(super) clauses: &'a [&'a str],
    pub(super) at: Option<Moment>,
    pub(super) node: Option<&'a NodeName>,
    /// The number of the run that broke it.
    pub(super) run: Option<u32>,
    pub(super) expected: String,
    pub(super) seen: String,
}

impl Breach<'_> {
    pub(super) fn weigh(self, severity: Severity) -> Finding {
        let known = |clause: &&str| self.invariant.clauses().contains(clause);
        debug_assert!(self.clauses.iter().all(known), "{:?}", self.clauses);
        let place = self.invariant.to_string();
        let origin = Origin::Invariant(self.invariant);
        Finding {
            clauses: { self.clauses.iter() }
                .map(|id| ClauseId((*id).to_owned()))
                .collect(),
            at: self.at,
            node: self.node.cloned(),
            run: self.run,
            ..Finding::new(severity, origin, place, self.expected, self.seen)
        }
    }

    pub(super) fn fail(self) -> Finding {
        self.weigh(Severity::Fail)
    }

    pub(super) fn warn(self) -> Finding {
        self.weigh(Severity::Warn)
    }
}
