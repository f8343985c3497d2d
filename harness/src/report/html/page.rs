//! The page around the cases: the answer, what it is about, what was not run, and how to read the rest.

use askama::Template;

use super::case::CaseEntry;
use super::found::FoundEntry;
use super::link::Link;
use crate::history::{History, What};
use crate::judge::Severity;
use crate::report::cause::{Group, HELP};
use crate::report::conformance::Conformance;
use crate::report::elsewhere;
use crate::report::event::{CaseEnd, Skip};
use crate::report::picture;
use crate::report::summary::{Conclusion, Summary, cases};

/// How many characters of what was seen the overview shows.
const SEEN: usize = 90;
/// How to read the pictures, once for all of them.
const LEGEND: &str = include_str!("legend.html");

/// How much of a run a page shows.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    /// What chose the cases, as it was typed; none where all of them are shown.
    pub chosen: Option<String>,
    /// Whether it has only what was found against the agent, small enough to be published: of the cases nothing, no texts
    /// for bug reports, and pictures only where the guest's safety is concerned.
    pub findings: bool,
}

/// What `page.html` shows.
#[derive(Template)]
#[template(path = "html/page.html")]
pub(super) struct Page<'a> {
    style: String,
    hatchings: &'static str,
    legend: &'static str,
    /// The look of the heading.
    class: &'static str,
    sentence: String,
    counts: String,
    /// What chose the cases, if they are not all of the run's.
    chosen: Option<&'a str>,
    /// What is said of cases that could not begin.
    beginning: Option<String>,
    help: &'static str,
    facts: Vec<(&'a str, String)>,
    /// The command that runs what failed once more.
    again: Option<String>,
    /// What the run comes to for each profile of demands.
    conformance: Option<Conformance>,
    /// What was found against the agent.
    found: Vec<FoundEntry<'a>>,
    overview: Vec<Row<'a>>,
    sections: Vec<Section<'a>>,
    skipped: &'a [Skip],
}

/// What takes the histories to show, and how much is shown.
pub(super) struct Parts<'a> {
    pub(super) extent: &'a Extent,
    pub(super) found: Vec<FoundEntry<'a>>,
    pub(super) sections: Vec<Section<'a>>,
}

/// Cases that came to the same.
pub(super) struct Section<'a> {
    pub(super) title: &'static str,
    pub(super) cases: Vec<CaseEntry<'a>>,
}

/// A case that decided nothing, with what was seen first of all.
struct Row<'a> {
    verdict: Severity,
    case: Link<'a>,
    seen: String,
    /// The other cases of the same cause, and how many they are.
    others: Vec<Link<'a>>,
    count: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        summary: &'a Summary,
        conformance: Option<Conformance>,
        accelerator: Option<&str>,
        parts: Parts<'a>,
    ) -> Self {
        let Parts {
            extent,
            found,
            sections,
        } = parts;
        Self {
            style: [picture::COLOURS, picture::STYLE, include_str!("page.css")].concat(),
            hatchings: picture::HATCHINGS,
            legend: LEGEND,
            class: class(summary.conclusion()),
            sentence: summary.sentence(),
            counts: summary.counts(),
            chosen: extent.chosen.as_deref(),
            beginning: summary.beginning(),
            help: HELP,
            facts: facts(summary, accelerator, extent),
            again: { summary.again() }
                .filter(|_| !extent.findings)
                .map(|again| elsewhere::command(&again)),
            conformance,
            found,
            overview: match extent.findings {
                true => Vec::new(),
                false => overview(summary),
            },
            sections,
            skipped: match extent.findings {
                true => &[],
                false => &summary.start.skipped,
            },
        }
    }
}

const fn class(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conforms => "pass",
        Conclusion::DoesNotConform => "fail",
        Conclusion::Inconclusive | Conclusion::NothingRan | Conclusion::Interrupted => "unknown",
    }
}

fn facts<'a>(
    summary: &'a Summary,
    accelerator: Option<&str>,
    extent: &Extent,
) -> Vec<(&'a str, String)> {
    let start = &summary.start;
    let identity = &start.identity;
    let told = identity.host.accelerator.as_str();
    let told = Some(told).filter(|told| !told.is_empty());
    let accelerator = accelerator.or(told).unwrap_or("unknown");
    let mut facts = vec![
        ("agent", elsewhere::file(&start.agent).to_owned()),
        ("profile", start.profile.clone()),
        ("lab", start.lab.clone()),
        ("accelerator", accelerator.to_owned()),
    ];
    let package = identity.subject.package.clone();
    facts.extend({ package.or_else(|| start.package.clone()) }.map(|package| ("package", package)));
    let host = format!(
        "{}, Linux {}",
        identity.host.distribution, identity.host.kernel
    );
    let known = [("began", identity.began.clone()), ("machine", host)];
    facts.extend(known.into_iter().filter(|_| !identity.began.is_empty()));
    let seed = start.seed.map(|seed| seed.to_string());
    facts.extend(seed.map(|seed| ("order by seed", seed)));
    let versions = start.versions.iter();
    facts.extend(versions.map(|(name, version)| (name.as_str(), version.clone())));
    let folder = summary.results.as_deref().filter(|_| !extent.findings);
    facts.extend(folder.map(|folder| ("results", elsewhere::file(folder).to_owned())));
    facts
}

/// Every case that decided nothing, those of one cause in one row.
fn overview(summary: &Summary) -> Vec<Row<'_>> {
    let groups = by_first_id(summary.groups(Severity::Unknown)).into_iter();
    groups.chain(summary.not_begun()).map(row).collect()
}

fn row(group: Group<'_>) -> Row<'_> {
    let verdict = &group.first.verdict;
    // A double run is worse than any other finding.
    let worst = verdict.double_run().or_else(|| verdict.findings.first());
    let seen = worst.map_or("", |worst| worst.seen.as_str());
    let seen = match seen.char_indices().nth(SEEN) {
        Some((end, _)) => format!("{}…", &seen[..end]),
        None => seen.to_owned(),
    };
    let count = cases(group.others.len());
    let others = by_id(group.others).into_iter();
    let others = others.map(|end| Link::to(&end.verdict.case)).collect();
    Row {
        verdict: verdict.severity,
        case: Link::to(&group.first.verdict.case),
        seen,
        others,
        count,
    }
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

/// The accelerator that a history names.
pub(super) fn accelerator(history: &History) -> Option<String> {
    history.entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => lab.accelerator.clone(),
        _ => None,
    })
}
