//! A run in short, as GitHub's Markdown.

use super::event::CaseEnd;
use super::summary::{Summary, cases};
use crate::judge::Severity;

/// How many cases that did not pass are listed.
const ROWS: usize = 50;

/// The run in short; it ends with a newline.
pub(super) fn page(summary: &Summary) -> String {
    let mut lines = vec![
        format!("### {}", text(&summary.sentence())),
        String::new(),
        text(&summary.counts()),
    ];
    let wrong: Vec<_> = [Severity::Fail, Severity::Unknown, Severity::Warn]
        .into_iter()
        .flat_map(|severity| summary.of(severity))
        .collect();
    if !wrong.is_empty() {
        lines.push("\n| | case | clauses | seen |\n| --- | --- | --- | --- |".to_owned());
        lines.extend(wrong.iter().take(ROWS).map(|end| row(end)));
    }
    if let Some(more) = wrong.len().checked_sub(ROWS).filter(|more| *more > 0) {
        lines.push(format!("\nand {} more, listed in the results", cases(more)));
    }
    if let Some(again) = summary.again() {
        lines.push(format!("\n```sh\n{again}\n```"));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn row(end: &CaseEnd) -> String {
    let (verdict, worst) = (&end.verdict, end.verdict.findings.first());
    let clauses = worst.iter().flat_map(|worst| &worst.clauses);
    let clauses: Vec<_> = clauses.map(|id| id.0.as_str()).collect();
    let seen = worst.map_or("", |worst| worst.seen.as_str());
    let (word, id) = (verdict.severity.word(), &verdict.case.0);
    let (clauses, seen) = (clauses.join(" "), text(seen));
    format!("| {word} | {} | {clauses} | {seen} |", text(id))
}

/// A text on one line, in which nothing is markup.
fn text(plain: &str) -> String {
    let mut escaped = String::new();
    for letter in plain.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' => escaped.extend(['\\', letter]),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
