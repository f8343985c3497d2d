//! What became of each case of the suite in a run.

use std::collections::BTreeMap;

use crate::case::{CaseId, LoadedCase, Suite};
use crate::plan::SkipKind;
use crate::report::event::CaseEnd;
use crate::report::summary::Summary;

/// What became of a case.
#[derive(Clone, Copy)]
pub(super) enum Fate<'a> {
    /// It was judged.
    Judged(&'a CaseEnd),
    /// It does not apply to the agent.
    AgentLacks,
    /// This machine cannot carry it out.
    MachineLacks,
    /// It could have been tried: the user did not ask for it, or the run ended before it.
    LeftOut,
}

/// A case of the suite with what became of it.
pub(super) struct Tried<'a> {
    pub(super) case: &'a LoadedCase,
    pub(super) fate: Fate<'a>,
}

/// All cases of the suite; none where the run was about none of them, as that of random sequences is.
pub(super) fn tried<'a>(summary: &'a Summary, suite: &'a Suite) -> Option<Vec<Tried<'a>>> {
    let ended = summary
        .ended
        .iter()
        .map(|end| (&end.verdict.case, Fate::Judged(end)));
    let skipped = summary.start.skipped.iter().map(|skip| match skip.kind {
        SkipKind::AgentLacks => (&skip.id, Fate::AgentLacks),
        SkipKind::MachineLacks => (&skip.id, Fate::MachineLacks),
    });
    let fates: BTreeMap<&CaseId, Fate<'_>> = skipped.chain(ended).collect();
    let mut of_the_suite = false;
    let all = suite.cases.iter().map(|case| {
        let fate = fates.get(&case.id).copied();
        of_the_suite |= fate.is_some();
        let fate = fate.unwrap_or(Fate::LeftOut);
        Tried { case, fate }
    });
    let all: Vec<_> = all.collect();
    of_the_suite.then_some(all)
}
