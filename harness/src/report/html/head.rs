//! The page's first screen: the answer, what it is about, what was not run, and how to read the rest.

use crate::history::{History, What};
use crate::judge::Severity;
use crate::report::cause::{Group, HELP};
use crate::report::diagnosis::word;
use crate::report::escape::escape;
use crate::report::event::CaseEnd;
use crate::report::summary::{Conclusion, Summary, cases};

/// How many characters of what was seen stand in the overview.
const SEEN: usize = 90;
/// How to read the pictures, once for all of them.
const LEGEND: &str = include_str!("legend.html");

/// Writes what comes before the cases.
pub(super) fn write(page: &mut String, summary: &Summary, accelerator: Option<&str>) {
    let class = match summary.conclusion() {
        Conclusion::Conforms => "pass",
        Conclusion::DoesNotConform => "fail",
        Conclusion::Inconclusive | Conclusion::NothingRan | Conclusion::Interrupted => "unknown",
    };
    let (sentence, counts) = (summary.sentence(), summary.counts());
    page.push_str(&format!(
        "<header class=\"{class}\">\n<h1>{}</h1>\n<p>{}</p>\n</header>\n",
        escape(&sentence),
        escape(&counts)
    ));
    if let Some(told) = summary.beginning() {
        let told = escape(&told);
        page.push_str(&format!(
            "<p><strong>{told}.</strong> <span class=\"soft\">Help: {HELP}.</span></p>\n"
        ));
    }
    facts(page, summary, accelerator);
    if let Some(again) = summary.again() {
        let again = escape(&again);
        page.push_str(&format!(
            "<p class=\"soft\">Run again what failed:</p>\n<pre class=\"wrap\"><code>{again}</code></pre>\n"
        ));
    }
    overview(page, summary);
    page.push_str(LEGEND);
}

fn facts(page: &mut String, summary: &Summary, accelerator: Option<&str>) {
    let start = &summary.start;
    let own = [
        ("agent", start.agent.as_str()),
        ("profile", start.profile.as_str()),
        ("lab", start.lab.as_str()),
        ("accelerator", accelerator.unwrap_or("not told")),
    ];
    let package = start.package.iter();
    let package = package.map(|package| ("package", package.as_str()));
    let seed = start.seed.map(|seed| seed.to_string());
    let seed = seed.iter().map(|seed| ("order by seed", seed.as_str()));
    let versions = start.versions.iter();
    let versions = versions.map(|(name, version)| (name.as_str(), version.as_str()));
    let results = summary
        .results
        .iter()
        .map(|place| ("results", place.as_str()));
    page.push_str("<dl>\n");
    for (name, value) in own
        .into_iter()
        .chain(package)
        .chain(seed)
        .chain(versions)
        .chain(results)
    {
        let (name, value) = (escape(name), escape(value));
        page.push_str(&format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"));
    }
    page.push_str("</dl>\n");
}

/// A table of every case that did not pass, with what was seen first of all.
fn overview(page: &mut String, summary: &Summary) {
    let severities = [Severity::Fail, Severity::Unknown, Severity::Warn];
    let mut rows = String::new();
    let groups = severities
        .into_iter()
        .flat_map(|severity| by_first_id(summary.groups(severity)));
    for group in groups.chain(summary.not_begun()) {
        let verdict = &group.first.verdict;
        let (word, id) = (word(verdict.severity), escape(&verdict.case.0));
        // That a guest ran twice is the worst of all that can be told.
        let worst = verdict.double_run().or_else(|| verdict.findings.first());
        let seen = worst.map_or("", |worst| worst.seen.as_str());
        let seen = match seen.char_indices().nth(SEEN) {
            Some((end, _)) => format!("{}…", &seen[..end]),
            None => seen.to_owned(),
        };
        rows.push_str(&format!(
            "<tr><td class=\"word {word}\">{word}</td><td><a href=\"#{}\">{id}</a>{}</td><td>{}</td></tr>\n",
            anchor(&verdict.case.0),
            others(&group),
            escape(&seen)
        ));
    }
    if !rows.is_empty() {
        page.push_str(
            "<details open=\"open\">\n<summary>What did not pass</summary>\n<table>\n\
             <thead><tr><th>verdict</th><th>case</th><th>seen</th></tr></thead>\n<tbody>\n",
        );
        page.push_str(&rows);
        page.push_str("</tbody>\n</table>\n</details>\n");
    }
}

/// The other cases of a group, a click away.
fn others(group: &Group<'_>) -> String {
    if group.others.is_empty() {
        return String::new();
    }
    let links = by_id(group.others.iter().copied()).into_iter().map(|end| {
        let id = &end.verdict.case.0;
        format!("<li><a href=\"#{}\">{}</a></li>", anchor(id), escape(id))
    });
    let links: String = links.collect();
    let count = cases(group.others.len());
    format!(
        "<details><summary>and {count} for the same cause</summary>\n<ul>{links}</ul></details>"
    )
}

/// Groups in the order of the ids of those that are shown.
fn by_first_id(mut groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    groups.sort_by(|one, other| one.first.verdict.case.cmp(&other.first.verdict.case));
    groups
}

/// Cases in the order of their ids.
pub(super) fn by_id<'a>(ends: impl IntoIterator<Item = &'a CaseEnd>) -> Vec<&'a CaseEnd> {
    let mut ends: Vec<_> = ends.into_iter().collect();
    ends.sort_by(|one, other| one.verdict.case.cmp(&other.verdict.case));
    ends
}

/// The cases that were not run, with the reason.
pub(super) fn skipped(page: &mut String, summary: &Summary) {
    let skipped = &summary.start.skipped;
    if skipped.is_empty() {
        return;
    }
    page.push_str(&format!(
        "<section>\n<h2>Skipped <span>{}</span></h2>\n<ul>\n",
        skipped.len()
    ));
    for skip in skipped {
        let (id, reason) = (escape(&skip.id.0), escape(&skip.reason));
        page.push_str(&format!("<li><code>{id}</code> {reason}</li>\n"));
    }
    page.push_str("</ul>\n</section>\n");
}

/// What the lab said of its accelerator when a case was ready.
pub(super) fn accelerator(history: &History) -> Option<String> {
    history.entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => lab.get("accelerator").cloned(),
        _ => None,
    })
}

/// A case's name in the page's own links: its id without what a link would have to escape.
pub(super) fn anchor(id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("case-{}", id.chars().map(safe).collect::<String>())
}
