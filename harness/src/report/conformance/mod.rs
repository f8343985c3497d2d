//! The conformance report: for each profile of demands what a run proves of the agent, and what was found against it.
//!
//! It is made of a run's events and the suite alone. Only a `must` decides. Known deviations count as not met here: whoever
//! tolerates a deviation does not make it conform.

mod badge;
mod demand;
mod document;
mod fate;
mod profile;
mod read;

use std::io;

use self::demand::decide;
use self::fate::{Fate, Tried, tried};
use super::elsewhere;
use super::event::{Event, Reporter};
use super::finding::findings;
use super::results::Results;
use super::summary::{Summary, cases};
use crate::case::{ConformanceProfile, Level, Suite};

pub use self::document::{
    ConformanceReport, Core, DemandReport, FindingReport, Implementation, Part, ProfileReport,
    ProfileResult, Statistics, SuiteUsed,
};

/// The file of the report.
pub const FILE: &str = "conformance.yaml";

/// The form of that file.
const API_VERSION: &str = "virt-ra-tester/v1";

/// The file of the badge.
const BADGE: &str = "conformance.svg";

/// What a run comes to for each profile; none of a run that was about none of the suite's cases.
pub(super) struct Conformance {
    pub(super) profiles: Vec<ProfileReport>,
    /// The answer in a sentence or two.
    pub(super) summary: String,
    judged: usize,
    left_out: usize,
}

impl Conformance {
    /// What a run comes to. A run of another suite than this one has no answer.
    pub(super) fn of(summary: &Summary, suite: &Suite) -> Option<Self> {
        if !summary.start.is_of(suite) {
            return None;
        }
        let tried = tried(summary, suite)?;
        let decided = decide(&suite.register, &tried);
        let profiles = ConformanceProfile::ALL.into_iter();
        let profiles: Vec<_> = profiles
            .filter_map(|name| profile::report(name, &decided, left_out(name, &tried, suite)))
            .collect();
        let count =
            |wanted: fn(&Fate<'_>) -> bool| tried.iter().filter(|one| wanted(&one.fate)).count();
        let left_out = count(|fate| matches!(fate, Fate::LeftOut));
        Some(Self {
            summary: answer(&summary.start.whom(), &profiles, left_out),
            profiles,
            judged: count(|fate| matches!(fate, Fate::Judged(_))),
            left_out,
        })
    }
}

impl Conformance {
    /// What a run of this agent was reported to come to.
    pub(super) fn reported(report: &ConformanceReport, whom: &str) -> Self {
        Self {
            profiles: report.profiles.clone(),
            summary: answer(whom, &report.profiles, report.suite.left_out),
            judged: report.suite.judged,
            left_out: report.suite.left_out,
        }
    }
}

/// How many cases that decide a `must` of a profile could have been tried and were not.
fn left_out(name: ConformanceProfile, tried: &[Tried<'_>], suite: &Suite) -> usize {
    let decides = |one: &&Tried<'_>| {
        let mut clauses = one
            .case
            .spec
            .clause
            .iter()
            .filter_map(|id| suite.register.find(id));
        clauses.any(|clause| clause.profile == name && clause.level == Level::Must)
    };
    let left_out = tried.iter().filter(|one| matches!(one.fate, Fate::LeftOut));
    left_out.filter(decides).count()
}

/// What the profiles come to, in a sentence each.
fn answer(whom: &str, profiles: &[ProfileReport], left_out: usize) -> String {
    let named = |is_meant: &dyn Fn(&Core) -> bool| {
        let names = profiles.iter().filter(|one| is_meant(&one.core));
        let names: Vec<_> = names.map(|one| one.name.word()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let of = |result: ProfileResult| named(&|core| core.result == result);
    let partial = |is_met: bool| {
        let is_meant = |core: &Core| (core.part.statistics.met > 0) == is_met;
        named(&|core| core.result == ProfileResult::Partial && is_meant(core))
    };
    let mut parts = Vec::new();
    parts.extend(of(ProfileResult::Conforms).map(|names| format!("{whom} conforms to {names}.")));
    let broken = of(ProfileResult::DoesNotConform);
    parts.extend(broken.map(|names| format!("{whom} does not conform to {names}.")));
    let open = of(ProfileResult::Inconclusive);
    parts.extend(open.map(|names| format!("Nothing is proven of {names}.")));
    parts.extend(partial(true).map(|names| format!("What was tried of {names} is met.")));
    parts.extend(partial(false).map(|names| format!("Nothing was tried of {names}.")));
    if left_out > 0 {
        parts.push(format!(
            "The run left out {} that it could have tried, and proves no conformance to what they demand.",
            cases(left_out)
        ));
    }
    match parts.is_empty() {
        true => format!("No demand of the suite applies to {whom}."),
        false => parts.join(" "),
    }
}

impl ConformanceReport {
    /// The report on a run; none of a run that was about none of the suite's cases, or was made with another suite.
    #[must_use]
    pub fn of(summary: &Summary, suite: &Suite) -> Option<Self> {
        let Conformance {
            profiles,
            summary: answer,
            judged,
            left_out,
        } = Conformance::of(summary, suite)?;
        let start = &summary.start;
        let identity = &start.identity;
        Some(Self {
            api_version: API_VERSION.to_owned(),
            kind: "ConformanceReport".to_owned(),
            date: identity.began.clone(),
            suite: SuiteUsed {
                tool: identity.tool.clone(),
                digest: suite.digest.clone(),
                judged,
                left_out,
            },
            implementation: implementation(summary),
            host: identity.host.clone(),
            versions: start.versions.clone(),
            summary: answer,
            profiles,
            findings: findings(summary, suite)
                .iter()
                .map(FindingReport::from)
                .collect(),
        })
    }

    /// The report as it is published.
    ///
    /// # Errors
    /// Never, as long as what it is made of can be written as YAML.
    pub fn yaml(&self) -> io::Result<String> {
        serde_yaml::to_string(self).map_err(io::Error::other)
    }
}

fn implementation(summary: &Summary) -> Implementation {
    let start = &summary.start;
    let subject = start.identity.subject.clone();
    let provider = { start.agent.split(':') }
        .nth(1)
        .filter(|_| start.agent.starts_with("ocf:"));
    Implementation {
        organization: provider.map(ToOwned::to_owned),
        project: subject.name,
        agent: elsewhere::file(&start.agent).to_owned(),
        version: subject.version,
        package: subject.package.or_else(|| start.package.clone()),
        sha256: subject.sha256,
    }
}

/// Writes `conformance.yaml` and its badge when a run is over.
pub struct ConformanceWriter {
    results: Results,
    suite: Suite,
    summary: Summary,
}

impl ConformanceWriter {
    /// A report on the run whose results these are.
    #[must_use]
    pub fn new(results: Results, suite: Suite) -> Self {
        Self {
            results,
            suite,
            summary: Summary::default(),
        }
    }
}

impl Reporter for ConformanceWriter {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some(report) = ConformanceReport::of(&self.summary, &self.suite) else {
            return Ok(());
        };
        self.results
            .write(BADGE, badge::badge(&report.profiles)?.as_bytes())?;
        Ok(self.results.write(FILE, report.yaml()?.as_bytes())?)
    }
}
