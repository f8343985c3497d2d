//! One cause of findings, with what shows it.

use super::class::Class;
use crate::case::{CaseId, Clause, ClauseId, Register};
use crate::judge::Finding;
use crate::report::anchor::anchor;
use crate::report::event::CaseEnd;

/// One cause of findings.
pub(in crate::report) struct Found<'a> {
    pub(in crate::report) class: Class,
    /// What is wrong, in a sentence.
    pub(in crate::report) sentence: String,
    /// The demands that are not met, as far as the register has them.
    pub(in crate::report) demands: Vec<(&'a ClauseId, &'a Clause)>,
    /// The finding in the shortest case.
    pub(in crate::report) finding: &'a Finding,
    /// The case with the fewest steps that shows it, and among those the quickest.
    pub(in crate::report) shortest: &'a CaseEnd,
    /// The other cases that show it, in the order of their ids.
    pub(in crate::report) others: Vec<&'a CaseEnd>,
    /// Why it is tolerated, where every case is a known deviation.
    pub(in crate::report) known: Option<&'a str>,
    /// The command that runs the shortest case again.
    pub(in crate::report) again: String,
    /// A text for a bug report, in Markdown.
    pub(in crate::report) report: String,
}

/// What shows a cause: a case, and its finding.
pub(super) type Shown<'a> = (&'a CaseEnd, &'a Finding);

impl<'a> Found<'a> {
    /// A cause by the case that shows it best, and all that show it; without the text for a bug report.
    pub(super) fn of(
        again: &str,
        register: &'a Register,
        (shortest, finding): Shown<'a>,
        shown: &[Shown<'a>],
    ) -> Self {
        let id = &shortest.verdict.case;
        let clauses = finding.clauses.iter();
        let demands: Vec<_> = clauses
            .filter_map(|id| Some((id, register.find(id)?)))
            .collect();
        let others = shown.iter().map(|(end, _)| *end);
        let mut others: Vec<_> = others.filter(|end| end.verdict.case != *id).collect();
        others.sort_by(|one, other| one.verdict.case.cmp(&other.verdict.case));
        let is_known = shown.iter().all(|(end, _)| end.known.is_some());
        Self {
            class: Class::of(finding, &demands),
            sentence: sentence(finding),
            demands,
            finding,
            shortest,
            others,
            known: shortest.known.as_deref().filter(|_| is_known),
            again: format!("{again} ={}", id.0),
            report: String::new(),
        }
    }

    /// What the agent was asked to do in the run that is accused.
    pub(in crate::report) fn action(&self) -> Option<&str> {
        let accused = self.finding.accused.as_ref()?;
        Some(accused.action.as_str())
    }

    /// The demands that are not met, whether the register has them or not.
    pub(in crate::report) fn finding_clauses(&self) -> Vec<&ClauseId> {
        self.finding.clauses.iter().collect()
    }

    /// Where the shortest case is on the page.
    pub(in crate::report) fn anchor(&self) -> String {
        anchor(&self.shortest.verdict.case.0)
    }

    /// Every case that shows it, the shortest first.
    pub(in crate::report) fn cases(&self) -> impl Iterator<Item = &'a CaseId> {
        let all = std::iter::once(self.shortest).chain(self.others.iter().copied());
        all.map(|end| &end.verdict.case)
    }
}

/// What is wrong.
fn sentence(finding: &Finding) -> String {
    format!(
        "Expected {}; seen: {}.",
        finding.expected,
        finding.seen.trim_end_matches('.')
    )
}
