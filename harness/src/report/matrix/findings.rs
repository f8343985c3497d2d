//! The rows of what was found, one a cause.
//!
//! Two runs have found the same where they found the same first demand broken by the same action: what was seen has times
//! and process ids, which differ from run to run.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::column::{Column, Shown};
use super::table::{Cell, Row, Section};
use crate::case::CaseId;
use crate::judge::Severity;
use crate::report::anchor::found_anchor;
use crate::report::confirmed::Proof;
use crate::report::conformance::FindingReport;
use crate::report::finding::Class;
use crate::report::summary::cases;

/// What the runs have found alike.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

/// A cause, with what each run found of it.
struct Cause<'a> {
    class: Class,
    /// The demand.
    text: &'a str,
    /// By the number of the column.
    found: BTreeMap<usize, Vec<&'a FindingReport>>,
    /// All cases that show it in any run.
    shown_by: BTreeSet<&'a CaseId>,
}

/// Everything that was found, the worst first, and then what most runs have.
pub(super) fn section<'a>(columns: &[Shown<'a>]) -> Section<'a> {
    let mut causes: Vec<(Key<'a>, Cause<'a>)> = causes(columns).into_iter().collect();
    causes.sort_by_key(|(key, cause)| (cause.class, Reverse(cause.found.len()), *key));
    let row = |((demand, action), cause): &(Key<'a>, Cause<'a>)| {
        let place = format!("#{}", found_anchor(*demand, *action));
        let cells = columns.iter().enumerate();
        let cells = cells.map(|(number, shown)| match cause.found.get(&number) {
            Some(found) => found_cell(shown, (cause.class, place.as_str()), found),
            None => absent(shown.column, &cause.shown_by),
        });
        let words = [demand.unwrap_or_default(), action.unwrap_or_default()];
        Row {
            class: Some((cause.class.severity().word(), cause.class.words())),
            name: words.join(" ").trim().to_owned(),
            text: cause.text,
            cells: cells.collect(),
        }
    };
    Section {
        title: "Found",
        rows: causes.iter().map(row).collect(),
    }
}

fn causes<'a>(columns: &[Shown<'a>]) -> BTreeMap<Key<'a>, Cause<'a>> {
    let mut causes: BTreeMap<Key<'a>, Cause<'a>> = BTreeMap::new();
    for (column, shown) in columns.iter().enumerate() {
        for finding in &shown.column.report.findings {
            let demand = finding.demands.first();
            let key = (
                demand.map(|demand| demand.id.0.as_str()),
                finding.action.as_deref(),
            );
            let cause = causes.entry(key).or_insert_with(|| Cause {
                class: finding.class,
                text: demand.map_or("", |demand| demand.text.as_str()),
                found: BTreeMap::new(),
                shown_by: BTreeSet::new(),
            });
            cause.class = cause.class.min(finding.class);
            cause.found.entry(column).or_default().push(finding);
            cause.shown_by.extend(&finding.cases);
        }
    }
    causes
}

/// How many cases of a run show a cause, and where the first and worst is told.
fn found_cell(shown: &Shown<'_>, (usual, place): (Class, &str), found: &[&FindingReport]) -> Cell {
    let all: BTreeSet<_> = found.iter().flat_map(|one| &one.cases).collect();
    let class = found.iter().map(|one| one.class).min();
    let class = class.unwrap_or(usual);
    let is_known = found.iter().all(|one| one.known.is_some());
    let more = [
        (class != usual).then(|| class.words()),
        is_known.then_some("known"),
        confirmed(shown, found),
    ];
    let more: Vec<_> = more.into_iter().flatten().collect();
    let link = shown.link(place);
    Cell {
        more: more.join(", "),
        link,
        ..shown.column.cell(class.severity().word(), cases(all.len()))
    }
}

/// How far people have confirmed findings in the agent's source.
fn confirmed(shown: &Shown<'_>, found: &[&FindingReport]) -> Option<&'static str> {
    let version = shown.confirmed?;
    let proofs = found.iter().map(|one| {
        let demands: Vec<_> = one.demands.iter().map(|demand| &demand.id).collect();
        version.proof(&demands, one.cases.iter())
    });
    let proofs: Vec<_> = proofs.collect();
    match proofs.iter().all(Proof::is_whole) {
        true => Some("confirmed"),
        false => { proofs.iter() }
            .any(|proof| !proof.findings.is_empty())
            .then_some("confirmed in part"),
    }
}

/// What is said of a run that did not find it: whether the cases that show it elsewhere were decided.
fn absent(column: &Column, shown_by: &BTreeSet<&CaseId>) -> Cell {
    let verdicts = column.run.file.verdicts.iter();
    let tried: Vec<_> = verdicts
        .filter(|one| shown_by.contains(&one.case))
        .collect();
    let is_decided = tried.iter().any(|one| one.severity != Severity::Unknown);
    match (tried.is_empty(), is_decided) {
        (true, _) => column.soft("not tried"),
        (_, true) => column.soft("not found"),
        (_, false) => column.cell("unknown", "undecided"),
    }
}
