//! What changed from one run to another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::summary::cases;
use super::whole_run::{Difference, WholeRun};
use crate::case::CaseId;
use crate::judge::{Severity, Verdict};

/// How a case changed. The discriminants are the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It fails now: a regression.
    NewFailure,
    /// It warns now, and passed before.
    NewWarning,
    /// It is unknown now, and was decided before.
    Undecided,
    /// It is better now.
    Mended,
    /// It was unknown before, and passes now or is tolerated.
    Decided,
    /// A known deviation covers it now, and did not before.
    Tolerated,
    /// As bad as before, with other findings.
    Evidence,
    /// It ran in the second run alone.
    Added,
    /// It ran in the first run alone.
    Gone,
}

/// A case that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// How.
    pub kind: ChangeKind,
    /// The case.
    pub case: CaseId,
    /// What it came to in the first run; none where it did not run.
    pub was: Option<Standing>,
    /// What it came to in the second run; none where it did not run.
    pub now: Option<Standing>,
    /// What was seen first of all in the second run, where that was not as demanded.
    pub seen: Option<String>,
}

/// What a case came to, in the order from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Every demand met.
    Pass,
    /// Not conforming, known and tolerated.
    Known,
    /// A `should` not met.
    Warn,
    /// Not decided.
    Unknown,
    /// A `must` not met.
    Fail,
}

/// The comparison of two runs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// What the two runs were made of and with, as far as it differs.
    pub differences: Vec<Difference>,
    /// Every case that changed, by how and by its id.
    pub changes: Vec<Change>,
    /// How many cases are as they were.
    pub same: usize,
    /// Whether a case fails that did not fail before.
    pub regression: bool,
}

impl Comparison {
    /// Compares two runs.
    #[must_use]
    pub fn of(before: &WholeRun, after: &WholeRun) -> Self {
        let (was, now) = (by_case(before), by_case(after));
        let ids: BTreeSet<&CaseId> = was.keys().chain(now.keys()).copied().collect();
        let all = ids.len();
        let change = |id: &CaseId| change(id, was.get(id).copied(), now.get(id).copied());
        let mut changes: Vec<_> = ids.into_iter().filter_map(change).collect();
        changes.sort_by_key(|change| change.kind);
        Self {
            differences: before.differences(after),
            same: all - changes.len(),
            regression: changes.iter().any(|one| one.kind == ChangeKind::NewFailure),
            changes,
        }
    }
}

/// A verdict, and whether known deviations cover it.
type Came<'a> = (Standing, &'a Verdict);

fn by_case(run: &WholeRun) -> BTreeMap<&CaseId, Came<'_>> {
    let standing = |verdict: &Verdict| match verdict.severity {
        _ if run.file.known.contains_key(&verdict.case) => Standing::Known,
        Severity::Pass => Standing::Pass,
        Severity::Warn => Standing::Warn,
        Severity::Unknown => Standing::Unknown,
        Severity::Fail => Standing::Fail,
    };
    let verdicts = run.file.verdicts.iter();
    verdicts
        .map(|verdict| (&verdict.case, (standing(verdict), verdict)))
        .collect()
}

fn change(id: &CaseId, was: Option<Came<'_>>, now: Option<Came<'_>>) -> Option<Change> {
    let kind = match (was, now) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Gone,
        (Some(was), Some(now)) => kind(was, now)?,
    };
    let worst = now.and_then(|(_, verdict)| verdict.findings.first());
    Some(Change {
        kind,
        case: id.clone(),
        was: was.map(|(standing, _)| standing),
        now: now.map(|(standing, _)| standing),
        seen: worst.map(|worst| worst.seen.clone()),
    })
}

fn kind((was, before): Came<'_>, (now, after): Came<'_>) -> Option<ChangeKind> {
    Some(match (was, now) {
        _ if was == now => {
            return (demands(before) != demands(after)).then_some(ChangeKind::Evidence);
        }
        (_, Standing::Fail) => ChangeKind::NewFailure,
        (_, Standing::Unknown) => ChangeKind::Undecided,
        (Standing::Unknown, Standing::Pass | Standing::Known) => ChangeKind::Decided,
        (_, Standing::Known) => ChangeKind::Tolerated,
        (Standing::Pass | Standing::Known | Standing::Unknown, Standing::Warn) => {
            ChangeKind::NewWarning
        }
        (_, Standing::Pass | Standing::Warn) => ChangeKind::Mended,
    })
}

/// The demands that were not met. What was seen has times and process ids, which differ from run to run.
fn demands(verdict: &Verdict) -> BTreeSet<(&str, Vec<&str>, &str)> {
    let findings = verdict.findings.iter();
    findings
        .map(|one| {
            let clauses = one.clauses.iter().map(|id| id.0.as_str());
            (one.severity.word(), clauses.collect(), one.place.as_str())
        })
        .collect()
}

impl ChangeKind {
    const fn heading(self) -> &'static str {
        match self {
            Self::NewFailure => "new failures",
            Self::NewWarning => "new warnings",
            Self::Undecided => "not decided any more",
            Self::Mended => "mended",
            Self::Decided => "decided now",
            Self::Tolerated => "known deviations now",
            Self::Evidence => "other findings",
            Self::Added => "added",
            Self::Gone => "gone",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Known => "known",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Difference { what, was, now } in &self.differences {
            let shown = |value: &str| match value {
                "" => "none".to_owned(),
                value => value.to_owned(),
            };
            writeln!(f, "{what}: {} -> {}", shown(was), shown(now))?;
        }
        let mut told = None;
        for change in &self.changes {
            if told.replace(change.kind) != Some(change.kind) {
                writeln!(f, "\n{}", change.kind.heading())?;
            }
            writeln!(f, "  {}{}", change.case.0, course(change))?;
        }
        let sentence = match self.regression {
            true => "a regression",
            false => "no regression",
        };
        let (changed, same) = (cases(self.changes.len()), cases(self.same));
        writeln!(f, "\n{changed} changed, {same} as before: {sentence}")
    }
}

/// From what to what, and what was seen.
fn course(change: &Change) -> String {
    let course = match (change.was, change.now) {
        (Some(was), Some(now)) if was != now => format!("  {was} -> {now}"),
        (_, Some(now)) => format!("  {now}"),
        (Some(was), None) => format!("  was {was}"),
        (None, None) => String::new(),
    };
    let is_told = change.kind <= ChangeKind::Undecided || change.kind == ChangeKind::Evidence;
    let seen = change.seen.as_ref().filter(|_| is_told);
    let seen = seen.and_then(|seen| seen.lines().next());
    seen.map_or(course.clone(), |seen| format!("{course}: {seen}"))
}
