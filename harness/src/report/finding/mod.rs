//! What a run found against the agent, one entry a cause, the worst first.

mod bug_report;
mod class;
mod found;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use self::bug_report::markdown;
use self::found::Shown;
use super::cause::Cause;
use super::elsewhere;
use super::summary::Summary;
use crate::case::Suite;

pub use self::class::Class;
pub(super) use self::found::Found;

/// Everything that a run found against the agent; what is unknown is nothing against it.
pub(super) fn findings<'a>(summary: &'a Summary, suite: &'a Suite) -> Vec<Found<'a>> {
    let mut causes: BTreeMap<Cause, Vec<Shown<'a>>> = BTreeMap::new();
    for end in &summary.ended {
        for (cause, finding) in Cause::all(&end.verdict) {
            let shown = causes.entry(cause).or_default();
            // One case shows a cause once, by its worst finding.
            if shown
                .last()
                .is_none_or(|(last, _)| !std::ptr::eq(*last, end))
            {
                shown.push((end, finding));
            }
        }
    }
    let steps: BTreeMap<_, _> = { suite.cases.iter() }
        .map(|case| (&case.id, case.spec.when.len()))
        .collect();
    let again = elsewhere::command(&summary.start.again);
    let found = causes.into_values().filter_map(|shown| {
        let key = |(end, _): &Shown<'_>| {
            let verdict = &end.verdict;
            let steps = steps.get(&verdict.case).copied().unwrap_or(usize::MAX);
            (Reverse(verdict.severity), steps, verdict.took)
        };
        let shortest = shown.iter().copied().min_by_key(key)?;
        let mut found = Found::of(&again, &suite.register, shortest, &shown);
        found.report = markdown(&found, &summary.start);
        Some(found)
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|one| (one.class, one.known.is_some(), Reverse(one.others.len())));
    found
}
