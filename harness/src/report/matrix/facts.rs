//! The rows that say what each run was made with.

use std::collections::BTreeSet;

use super::column::{Column, Shown};
use super::table::{Row, Section};
use crate::report::summary::cases;

/// How many digits of a digest or commit are shown.
const DIGITS: usize = 12;

/// The versions of the suite, of what ran the guests and the cluster, and of the machine.
pub(super) fn section<'a>(columns: &[Shown<'a>]) -> Section<'a> {
    let own = "virt-ra-tester";
    let versions = columns
        .iter()
        .flat_map(|shown| shown.column.report.versions.keys());
    let versions: BTreeSet<&str> = versions.map(String::as_str).collect();
    let row = |name: &str, value: &dyn Fn(&Column) -> String| Row {
        class: None,
        name: name.to_owned(),
        text: "",
        cells: { columns.iter() }
            .map(|shown| shown.column.soft(value(shown.column)))
            .collect(),
    };
    let mut rows = vec![
        row("day", &|column: &Column| column.head().date.to_owned()),
        row(own, &tool),
        row("suite", &suite),
        row("cases", &judged),
    ];
    for name in versions.into_iter().filter(|name| *name != own) {
        let version = |column: &Column| {
            column
                .report
                .versions
                .get(name)
                .cloned()
                .unwrap_or_default()
        };
        rows.push(row(name, &version));
    }
    rows.push(row("machine", &machine));
    rows.push(row("agent's SHA-256", &|column: &Column| {
        let digest = column.report.implementation.sha256.as_deref();
        short(digest.unwrap_or_default())
    }));
    let title = "Made with";
    Section { title, rows }
}

fn short(digest: &str) -> String {
    digest.chars().take(DIGITS).collect()
}

fn tool(column: &Column) -> String {
    let tool = &column.report.suite.tool;
    match &tool.commit {
        Some(commit) => format!("{} ({})", tool.version, short(commit)),
        None => tool.version.clone(),
    }
}

fn suite(column: &Column) -> String {
    short(&column.report.suite.digest)
}

fn judged(column: &Column) -> String {
    let suite = &column.report.suite;
    match suite.left_out {
        0 => format!("{} judged", suite.judged),
        more => format!("{} judged; {} left out", suite.judged, cases(more)),
    }
}

fn machine(column: &Column) -> String {
    let host = &column.report.host;
    let parts = [
        host.distribution.as_str(),
        host.kernel.as_str(),
        host.architecture.as_str(),
        host.accelerator.as_str(),
    ];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}
