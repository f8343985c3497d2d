//! One page that shows many runs: agents with their versions down, areas of the suite across.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use askama::Template;

use super::picture;
use super::summary::Conclusion;
use super::whole_run::WholeRun;
use crate::case::CaseId;
use crate::files::write_atomically;
use crate::judge::{Severity, Verdict};

/// The files of a run that the page leads to.
const COPIED: [&str; 3] = ["report.html", "run.json", "conformance.yaml"];

/// What `matrix.html` shows.
#[derive(Template)]
#[template(path = "matrix/matrix.html")]
struct Page {
    style: String,
    areas: Vec<String>,
    rows: Vec<Row>,
}

/// A run.
struct Row {
    agent: String,
    version: String,
    made: String,
    class: &'static str,
    conclusion: &'static str,
    link: Option<String>,
    cells: Vec<Cell>,
}

/// What an area came to in a run.
struct Cell {
    class: &'static str,
    text: String,
}

/// Writes the page and the reports that it leads to into a folder that is new or empty.
///
/// # Errors
/// When the folder has anything in it, or something cannot be written or copied.
pub fn write_matrix(runs: &[WholeRun], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(io::ErrorKind::DirectoryNotEmpty.into());
    }
    let areas: BTreeSet<&str> = runs.iter().flat_map(all_areas).collect();
    let areas: Vec<&str> = areas.into_iter().collect();
    let mut rows = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let below = format!("runs/{}", number + 1);
        let has_report = copy(run, &folder.join(&below))?;
        let link = has_report.then(|| format!("{below}/report.html"));
        rows.push(row(run, &areas, link));
    }
    rows.sort_by(|one, other| (&one.agent, &one.version).cmp(&(&other.agent, &other.version)));
    let page = Page {
        style: [picture::COLOURS, include_str!("matrix.css")].concat(),
        areas: areas.into_iter().map(str::to_owned).collect(),
        rows,
    };
    let mut text = page.render().map_err(io::Error::other)?;
    text.push('\n');
    write_atomically(&folder.join("index.html"), text.as_bytes())
}

/// Copies what the page leads to; whether there is a report.
fn copy(run: &WholeRun, to: &Path) -> io::Result<bool> {
    fs::create_dir_all(to)?;
    for name in COPIED {
        let from = run.folder.join(name);
        if from.is_file() {
            fs::copy(from, to.join(name))?;
        }
    }
    Ok(to.join("report.html").is_file())
}

fn area(id: &CaseId) -> &str {
    id.0.split("::").next().unwrap_or(&id.0)
}

fn all_areas(run: &WholeRun) -> impl Iterator<Item = &str> {
    let ran = run.file.verdicts.iter().map(|verdict| area(&verdict.case));
    ran.chain(run.file.skipped.iter().map(|skip| area(&skip.id)))
}

fn row(run: &WholeRun, areas: &[&str], link: Option<String>) -> Row {
    let (file, identity) = (&run.file, &run.file.identity);
    let subject = &identity.subject;
    let version = [&subject.version, &subject.package].map(|one| one.clone().unwrap_or_default());
    let versions = file.versions.iter();
    let versions = versions.map(|(name, version)| format!("{name} {version}"));
    let date = identity.began.split('T').next().unwrap_or_default();
    let facts = [date.to_owned(), identity.host.distribution.clone()];
    let made: Vec<_> = facts
        .into_iter()
        .chain(versions)
        .filter(|one| !one.is_empty())
        .collect();
    let (class, conclusion) = conclusion(file.conclusion);
    Row {
        agent: file.agent.clone(),
        version: version.join(" ").trim().to_owned(),
        made: made.join(", "),
        class,
        conclusion,
        link,
        cells: areas.iter().map(|area| cell(run, area)).collect(),
    }
}

const fn conclusion(conclusion: Conclusion) -> (&'static str, &'static str) {
    match conclusion {
        Conclusion::Conforms => ("pass", "conforms"),
        Conclusion::DoesNotConform => ("fail", "does not conform"),
        Conclusion::Inconclusive => ("unknown", "inconclusive"),
        Conclusion::NothingRan => ("none", "nothing ran"),
        Conclusion::Interrupted => ("unknown", "interrupted"),
    }
}

/// The worst of an area, and how many of its cases came to that. Known deviations count as passed.
fn cell(run: &WholeRun, wanted: &str) -> Cell {
    let own = run.file.verdicts.iter();
    let own: Vec<&Verdict> = own.filter(|one| area(&one.case) == wanted).collect();
    let counts = |verdict: &Verdict| match run.file.known.contains_key(&verdict.case) {
        true => Severity::Pass,
        false => verdict.severity,
    };
    let Some(worst) = own.iter().map(|verdict| counts(verdict)).max() else {
        let text = "–".to_owned();
        return Cell {
            class: "none",
            text,
        };
    };
    let (all, bad) = (
        own.len(),
        own.iter().filter(|one| counts(one) == worst).count(),
    );
    Cell {
        class: worst.word(),
        text: match worst {
            Severity::Pass => all.to_string(),
            worse => format!("{bad} {} of {all}", worse.word()),
        },
    }
}
