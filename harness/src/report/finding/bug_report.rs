//! A finding as a text for a bug report of the agent's project, in Markdown.

use std::fmt::Write as _;

use super::found::Found;
use crate::case::Level;
use crate::report::diagnosis::when_and_where;
use crate::report::elsewhere;
use crate::report::escape::shown;
use crate::report::event::RunStart;

/// How many other cases are named.
const NAMED: usize = 5;

/// The text.
pub(super) fn markdown(found: &Found<'_>, start: &RunStart) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "### {}\n", title(found, start));
    let _ = writeln!(text, "**Expected:** {}\n", found.finding.expected);
    let place = when_and_where(found.finding);
    let _ = writeln!(text, "**Seen:** {}{place}\n", found.finding.seen);
    for (id, clause) in &found.demands {
        let level = level(clause.level);
        let _ = writeln!(text, "> {} ({level}): {}", id.0, clause.text);
        let _ = writeln!(text, "> Source: {}\n", clause.source);
    }
    if let Some(diagnosis) = &found.shortest.diagnosis {
        let id = &found.shortest.verdict.case.0;
        let diagnosis = diagnosis.replace(&format!("{} ={id}", start.again), &found.again);
        let _ = writeln!(text, "~~~text\n{}\n~~~\n", diagnosis.trim_end());
    }
    let _ = writeln!(text, "To reproduce:\n\n    {}\n", found.again);
    if let Some(others) = others(found) {
        let _ = writeln!(text, "{others}\n");
    }
    text.push_str(&machine(start));
    // What an agent prints must not reach a terminal as it is.
    let lines = text
        .lines()
        .map(|line| line.chars().map(shown).collect::<String>());
    lines.map(|line| line + "\n").collect()
}

fn title(found: &Found<'_>, start: &RunStart) -> String {
    let clauses: Vec<_> = found
        .finding
        .clauses
        .iter()
        .map(|id| id.0.as_str())
        .collect();
    let agent = match start.identity.subject.name.as_str() {
        "" => &start.agent,
        name => name,
    };
    let action = found
        .action()
        .map_or_else(String::new, |action| format!(" {action}"));
    format!("{agent}:{action} does not meet {}", clauses.join(", "))
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    }
}

fn others(found: &Found<'_>) -> Option<String> {
    let named = found.others.iter().take(NAMED);
    let named: Vec<_> = named
        .map(|end| format!("`{}`", end.verdict.case.0))
        .collect();
    let more = match found.others.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!named.is_empty()).then(|| format!("Other cases show the same: {}{more}.", named.join(", ")))
}

/// What the finding was made on.
fn machine(start: &RunStart) -> String {
    let identity = &start.identity;
    let (subject, host) = (&identity.subject, &identity.host);
    let words = |parts: &[&str]| {
        let there = parts.iter().filter(|part| !part.is_empty());
        there.copied().collect::<Vec<_>>().join(" ")
    };
    let version = subject.version.as_deref().unwrap_or_default();
    let package = subject.package.as_deref().or(start.package.as_deref());
    let sha256 = subject
        .sha256
        .as_ref()
        .map(|digest| format!("SHA-256 {digest}"));
    let mut lines = vec![
        ("agent", words(&[elsewhere::file(&start.agent), version])),
        ("package", package.unwrap_or_default().to_owned()),
        ("file", sha256.unwrap_or_default()),
        (
            "machine",
            words(&[
                &host.distribution,
                &host.kernel,
                &host.architecture,
                &host.accelerator,
            ]),
        ),
    ];
    let versions = start.versions.iter();
    lines.extend(versions.map(|(name, version)| (name.as_str(), version.clone())));
    lines.extend(
        identity
            .tool
            .commit
            .clone()
            .map(|commit| ("commit of virt-ra-tester", commit)),
    );
    lines.push(("date", identity.began.clone()));
    let lines = lines.iter().filter(|(_, value)| !value.is_empty());
    lines
        .map(|(name, value)| format!("- {name}: {value}\n"))
        .collect()
}
