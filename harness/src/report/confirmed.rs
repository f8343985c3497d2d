//! Findings that people have confirmed in the source of an agent: what the pages of findings need to tell an accusation that
//! was checked from one that was not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::case::{CaseId, ClauseId};
use crate::plan::CasePattern;

/// The findings that were confirmed, of all agents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    agents: Vec<ConfirmedAgent>,
}

/// Those of one agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmedAgent {
    /// Its name in its metadata.
    pub agent: String,
    /// The SHA-256 of each version of its file in which they were confirmed.
    pub sha256: Vec<String>,
    /// Where they are told, as seen from the pages of findings.
    pub page: String,
    /// The findings.
    pub findings: Vec<ConfirmedFinding>,
}

/// A finding: one of the demands is broken in one of the cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmedFinding {
    /// The demands.
    pub clauses: Vec<ClauseId>,
    /// The ids of the cases, or with `*` at the end the beginning of several.
    pub cases: Vec<String>,
    /// Why the agent does so, in a sentence.
    pub why: String,
    /// The parts of its lines that do it, by the name of the file.
    pub source: BTreeMap<String, Vec<String>>,
    /// Threads of the agent's project about it, as addresses.
    #[serde(default)]
    pub upstream: Vec<String>,
    /// The versions that do it, by SHA-256, where not all of the agent's do.
    #[serde(default)]
    pub sha256: Vec<String>,
}

/// What was confirmed in one version of an agent.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmedVersion<'a> {
    agent: &'a ConfirmedAgent,
    sha256: &'a str,
}

/// How far one cause is confirmed.
#[derive(Debug, Default)]
pub(super) struct Proof<'a> {
    /// The findings that its cases are of.
    pub(super) findings: Vec<&'a ConfirmedFinding>,
    /// The cases that are of none.
    pub(super) open: Vec<&'a CaseId>,
    /// Where they are told, as seen from the pages of findings.
    pub(super) page: &'a str,
}

/// Why a file of confirmed findings is of no use.
#[derive(Debug, Error)]
#[error("cannot read {path}: {why}")]
pub struct ConfirmedError {
    path: String,
    why: String,
}

impl Confirmed {
    /// Reads a file in YAML.
    ///
    /// # Errors
    /// When it cannot be read, or says something else.
    pub fn read(path: &Path) -> Result<Self, ConfirmedError> {
        let wrong = |why: String| ConfirmedError {
            path: path.display().to_string(),
            why,
        };
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        serde_yaml::from_str(&text).map_err(|error| wrong(error.to_string()))
    }

    /// The agents.
    #[must_use]
    pub fn agents(&self) -> &[ConfirmedAgent] {
        &self.agents
    }

    /// What was confirmed in that version of an agent.
    pub(super) fn of(&self, agent: &str, sha256: Option<&str>) -> Option<ConfirmedVersion<'_>> {
        let agents = self.agents.iter().filter(|one| one.agent == agent);
        let mut versions = agents.flat_map(|agent| {
            let all = agent.sha256.iter();
            all.map(move |sha256| ConfirmedVersion { agent, sha256 })
        });
        versions.find(|version| Some(version.sha256) == sha256)
    }
}

impl<'a> ConfirmedVersion<'a> {
    /// How far a cause is confirmed, by the demands that it says are broken and the cases that show it.
    pub(super) fn proof<'c>(
        self,
        demands: &[&ClauseId],
        cases: impl Iterator<Item = &'c CaseId>,
    ) -> Proof<'c>
    where
        'a: 'c,
    {
        let about = |one: &&ConfirmedFinding| {
            let is_of = one.sha256.is_empty() || one.sha256.iter().any(|of| of == self.sha256);
            is_of && one.clauses.iter().any(|id| demands.contains(&id))
        };
        let about: Vec<_> = self.agent.findings.iter().filter(about).collect();
        let (shown, open): (Vec<_>, Vec<_>) =
            cases.partition(|case| about.iter().any(|one| one.is_shown_by(case)));
        let findings = about.into_iter();
        Proof {
            findings: findings
                .filter(|one| shown.iter().any(|case| one.is_shown_by(case)))
                .collect(),
            open,
            page: &self.agent.page,
        }
    }
}

impl ConfirmedFinding {
    /// The threads about it, each with its number.
    pub(super) fn threads(&self) -> impl Iterator<Item = (&str, &str)> {
        let threads = self.upstream.iter();
        threads.map(|address| {
            (
                address.as_str(),
                address.rsplit('/').next().unwrap_or(address),
            )
        })
    }

    fn is_shown_by(&self, case: &CaseId) -> bool {
        let mut cases = self.cases.iter();
        cases.any(|text| CasePattern::new(text).fits(case))
    }
}

impl Proof<'_> {
    /// Whether each case is of a finding that was confirmed.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty() && !self.findings.is_empty()
    }
}
