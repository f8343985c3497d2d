//! The rows of the profiles of demands.

use super::column::Shown;
use super::table::{Cell, Row, Section};
use crate::case::ConformanceProfile;
use crate::report::summary::Conclusion;

/// What each run comes to, as a whole and for each profile that one of them reports on.
pub(super) fn section<'a>(columns: &[Shown<'a>]) -> Section<'a> {
    let row = |name: &str, cells: Vec<Cell>| Row {
        class: None,
        name: name.to_owned(),
        text: "",
        cells,
    };
    let mut rows = vec![row("all cases", columns.iter().map(whole).collect())];
    for profile in ConformanceProfile::ALL {
        let cells = columns.iter();
        let cells: Vec<_> = cells.map(|shown| cell(shown, profile)).collect();
        if cells.iter().any(Option::is_some) {
            let cells = cells.into_iter().zip(columns);
            let cells = cells.map(|(cell, one)| cell.unwrap_or_else(|| one.column.soft("–")));
            rows.push(row(profile.word(), cells.collect()));
        }
    }
    let title = "Conformance";
    Section { title, rows }
}

/// What a run comes to as a whole.
fn whole(shown: &Shown<'_>) -> Cell {
    let column = shown.column;
    let (look, text) = match column.run.file.conclusion {
        Conclusion::Conforms if column.report.suite.left_out > 0 => ("unknown", "partial"),
        Conclusion::Conforms => ("pass", "conforms"),
        Conclusion::DoesNotConform => ("fail", "does not conform"),
        Conclusion::Inconclusive => ("unknown", "inconclusive"),
        Conclusion::NothingRan => ("none", "nothing ran"),
        Conclusion::Interrupted => ("unknown", "interrupted"),
    };
    let counts = &column.run.file.counts;
    let counts = [
        (counts.pass, "passed"),
        (counts.warn, "warned"),
        (counts.unknown, "unknown"),
        (counts.fail, "failed"),
        (counts.known, "known"),
        (counts.skipped, "skipped"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    Cell {
        more: counts.join(", "),
        link: shown.link(""),
        ..column.cell(look, text)
    }
}

/// What a run comes to for a profile; none where it reports nothing of it.
fn cell(shown: &Shown<'_>, profile: ConformanceProfile) -> Option<Cell> {
    let column = shown.column;
    let mut reports = column.report.profiles.iter();
    let report = reports.find(|report| report.name == profile)?;
    let result = report.core.result;
    Some(Cell {
        more: report.core.part.words(),
        link: shown.link(&format!("#profile-{}", profile.word())),
        ..column.cell(result.look(), result.words())
    })
}
