use std::collections::BTreeMap;

use super::filter::Filter;
use super::partition::Partition;
use crate::case::{LabKind, Level, LoadedCase};
use crate::lab::Lacks;

/// What the user wants to run, and where it could run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Any of them is enough; none chooses every case.
    pub filters: Vec<Filter>,
    /// Each of them leaves out the cases that meet it.
    pub skip: Vec<Filter>,
    /// What cases came to in an earlier run, by the names of their folders: only what did not pass there is chosen.
    pub rerun: Option<BTreeMap<String, &'static str>>,
    /// The weakest level that is run: `should` runs `must` and `should`.
    pub level: Option<Level>,
    /// Whether only cases are run that need a cluster.
    pub cluster: bool,
    /// The part of all that which is chosen; the whole without one.
    pub partition: Option<Partition>,
    /// The labs at hand.
    pub labs: Vec<LabKind>,
    /// How many nodes a lab has.
    pub nodes: u8,
    /// What those labs lack.
    pub lacks: Lacks,
}

impl Default for Selection {
    fn default() -> Self {
        let labs = LabKind::ALL.to_vec();
        Self {
            filters: Vec::new(),
            skip: Vec::new(),
            rerun: None,
            level: None,
            cluster: false,
            partition: None,
            labs,
            nodes: 2,
            lacks: Lacks::default(),
        }
    }
}

impl Selection {
    /// Whether a case is asked for, wherever it could run.
    #[must_use]
    pub fn asks_for(&self, case: &LoadedCase) -> bool {
        let came = self.rerun.as_ref().map(|came| came.get(&case.id.folder()));
        let verdict = came.flatten().copied();
        let fits = |filter: &Filter| filter.fits(case, verdict);
        let by_filter = self.filters.is_empty() || self.filters.iter().any(fits);
        let by_verdict = came.is_none() || verdict.is_some_and(|verdict| verdict != "pass");
        by_filter
            && by_verdict
            && !self.skip.iter().any(fits)
            && self.level.is_none_or(|weakest| case.spec.level >= weakest)
            && (!self.cluster || case.spec.needs.cluster.is_some())
    }
}
