use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::doubled::Doubled;
use super::leftover::Leftover;
use super::origin::{Invariant, Origin};
use crate::case::{CaseId, ClauseId};
use crate::history::{Exit, Moment, NodeName};
use crate::ocf::Verb;

/// How bad a finding or a verdict is. A case is as bad as its worst finding.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Every demand was met.
    Pass,
    /// A `should` was not met.
    Warn,
    /// The lab or the harness failed: neither success nor the agent's fault.
    Unknown,
    /// A `must` was not met.
    Fail,
}

impl Severity {
    /// As reports and files write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A run of the agent that a finding accuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accused {
    /// What the agent was asked to do.
    pub action: Verb,
    /// How the run ended, if that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
}

/// One demand that was not met, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// The demands in the register; none of a lab that failed.
    pub clauses: Vec<ClauseId>,
    /// What demanded it.
    pub origin: Origin,
    /// The same as reports show it: an address in the case file, such as `when[2].run.returns`, or `invariant 1`.
    pub place: String,
    /// When it was seen; none for what is judged over the whole.
    pub at: Option<Moment>,
    /// Where it was seen.
    pub node: Option<NodeName>,
    /// The number of the invocation that it accuses, whose own words a report shows with it; none where it accuses no
    /// run of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    /// What that run was asked for, and how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accused: Option<Accused>,
    /// What was demanded.
    pub expected: String,
    /// What was seen, and by which witness.
    pub seen: String,
    /// What was left behind, where the finding is about that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_behind: Vec<Leftover>,
    /// When and where the guest ran twice, if the finding is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubled: Option<Doubled>,
}

/// What a case came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The case.
    pub case: CaseId,
    /// The worst severity among the findings.
    pub severity: Severity,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// What is reported and not judged: the agent's choice in matters of policy.
    pub notes: Vec<String>,
    /// How many demands of a `may` case were not met. Each has a note.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmet_may: usize,
    /// Milliseconds from the history's beginning to its last entry.
    pub took: u64,
    /// Milliseconds of that inside the agent.
    pub in_agent: u64,
    /// The agent's starts, those of the given world among them.
    #[serde(default, skip_serializing_if = "Starts::is_none")]
    pub starts: Starts,
}

/// What became of starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Starts {
    /// How many ended.
    pub tried: u32,
    /// How many returned success, with no finding that contradicts it.
    pub worked: u32,
}

impl Starts {
    /// Whether there was none.
    const fn is_none(&self) -> bool {
        self.tried == 0
    }
}

const fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Finding {
    /// A finding that names no clause, moment, node or run yet.
    #[must_use]
    pub fn new(
        severity: Severity,
        origin: Origin,
        place: impl Into<String>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            clauses: Vec::new(),
            origin,
            place: place.into(),
            at: None,
            node: None,
            run: None,
            accused: None,
            expected: expected.into(),
            seen: seen.into(),
            left_behind: Vec::new(),
            doubled: None,
        }
    }

    /// A failure of the lab or the harness, which says nothing against the agent.
    #[must_use]
    pub fn of_the_lab(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(Severity::Unknown, Origin::Lab, "lab", expected, seen)
    }

    /// Whether it is about something that was left behind.
    #[must_use]
    pub fn is_left_behind(&self) -> bool {
        self.breaks(Invariant::NothingLeftBehind)
    }

    /// Whether this invariant demanded it.
    #[must_use]
    pub fn breaks(&self, invariant: Invariant) -> bool {
        self.origin == Origin::Invariant(invariant)
    }
}

impl Verdict {
    /// The finding that the guest ran twice, if that was found.
    #[must_use]
    pub fn double_run(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|one| one.breaks(Invariant::NeverTwice))
    }

    /// Whether the case could not begin because the agent's own start did not bring up its guest.
    #[must_use]
    pub fn could_not_begin(&self) -> bool {
        { self.findings.iter() }.any(|one| one.origin == Origin::Given && one.run.is_some())
    }

    /// A verdict of these findings, as bad as the worst of them.
    #[must_use]
    pub fn of(case: CaseId, mut findings: Vec<Finding>, notes: Vec<String>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let severity = findings
            .first()
            .map_or(Severity::Pass, |worst| worst.severity);
        Self {
            case,
            severity,
            findings,
            notes,
            unmet_may: 0,
            took: 0,
            in_agent: 0,
            starts: Starts::default(),
        }
    }
}
