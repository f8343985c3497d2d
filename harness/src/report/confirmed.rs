//! Findings that people have confirmed in the source of an agent: what the pages of findings need to tell an accusation that
//! was checked from one that was not.

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
    pub(super) fn of(&self, agent: &str, sha256: Option<&str>) -> Option<&ConfirmedAgent> {
        let sha256 = sha256?;
        let mut agents = self.agents.iter();
        agents.find(|one| one.agent == agent && one.sha256.iter().any(|known| known == sha256))
    }
}

impl ConfirmedAgent {
    /// Whether a finding was confirmed, by the demands that it says are broken and the cases that show it.
    pub(super) fn has<'a>(
        &self,
        demands: &[&ClauseId],
        mut cases: impl Iterator<Item = &'a CaseId>,
    ) -> bool {
        let about = |one: &&ConfirmedFinding| one.clauses.iter().any(|id| demands.contains(&id));
        let patterns = self.findings.iter().filter(about);
        let patterns = patterns.flat_map(|one| &one.cases);
        let patterns: Vec<_> = patterns.map(|text| CasePattern::new(text)).collect();
        cases.any(|case| patterns.iter().any(|pattern| pattern.fits(case)))
    }
}
