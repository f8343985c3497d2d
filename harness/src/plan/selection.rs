use crate::case::{LabKind, Level, LoadedCase};
use crate::lab::Lacks;

/// What the user wants to run, and where it could run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Parts of ids, any of which is enough; `=id` is the whole id. None chooses every case.
    pub filters: Vec<String>,
    /// The weakest level that is run: `should` runs `must` and `should`.
    pub level: Option<Level>,
    /// Whether only cases are run that need a cluster.
    pub cluster: bool,
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
            level: None,
            cluster: false,
            labs,
            nodes: 2,
            lacks: Lacks::default(),
        }
    }
}

impl Selection {
    /// Whether a case is asked for, wherever it could run.
    pub(crate) fn asks_for(&self, case: &LoadedCase) -> bool {
        let id = case.id.0.as_str();
        let fits = |filter: &String| match filter.strip_prefix('=') {
            Some(exact) => id == exact,
            None => id.contains(filter.as_str()),
        };
        let by_filter = self.filters.is_empty() || self.filters.iter().any(fits);
        by_filter
            && self.level.is_none_or(|weakest| case.spec.level >= weakest)
            && (!self.cluster || case.spec.needs.cluster.is_some())
    }
}
