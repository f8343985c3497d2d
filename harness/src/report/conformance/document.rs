//! `conformance.yaml` as types, after the ConformanceReport of the Kubernetes Gateway API: `core` are the demands that
//! decide, `extended` those that do not.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{CaseId, ClauseId, ConformanceProfile};
use crate::report::finding::{Class, Found};
use crate::report::identity::{Host, Tool};

/// What a run proves of an agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceReport {
    /// The form of this file.
    pub api_version: String,
    /// What it is.
    pub kind: String,
    /// When the run began, as RFC 3339 has it.
    pub date: String,
    /// The program that made the run.
    pub suite: SuiteUsed,
    /// The agent.
    pub implementation: Implementation,
    /// The machine.
    pub host: Host,
    /// Versions of what may matter.
    pub versions: BTreeMap<String, String>,
    /// The answer in a sentence or two.
    pub summary: String,
    /// What it comes to for each profile of demands that the suite has cases for.
    pub profiles: Vec<ProfileReport>,
    /// What was found against the agent, the worst first, one entry a cause.
    pub findings: Vec<FindingReport>,
}

/// The suite, and the program that has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuiteUsed {
    /// The program.
    #[serde(flatten)]
    pub tool: Tool,
    /// The SHA-256 of cases and register.
    pub digest: String,
    /// How many cases of it were judged.
    pub judged: usize,
    /// How many could have been tried and were not.
    pub left_out: usize,
}

/// The agent under test.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Implementation {
    /// The provider, as in `ocf:PROVIDER:TYPE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The agent's name in its metadata.
    pub project: String,
    /// The agent as it was named to the run; a file by its name alone.
    pub agent: String,
    /// Its version in its metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The package that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The SHA-256 of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// One profile of demands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileReport {
    /// Its name.
    pub name: ConformanceProfile,
    /// Every `must`, which decides.
    pub core: Core,
    /// Every `should`, which does not.
    pub extended: Part,
    /// The answer in a sentence.
    pub summary: String,
}

/// The demands that decide, and the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Core {
    /// The answer.
    pub result: ProfileResult,
    /// What became of the demands.
    #[serde(flatten)]
    pub part: Part,
}

/// What a run proves of one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProfileResult {
    /// Every demand that this machine can try is met.
    Conforms,
    /// A demand is not met.
    DoesNotConform,
    /// The lab failed in a case, or this machine can try nothing.
    Inconclusive,
    /// Nothing is broken, but the run left out what it could have tried.
    Partial,
    /// Nothing of it applies to the agent.
    NotApplicable,
}

impl ProfileResult {
    /// Its look: the class of a style sheet.
    pub(in crate::report) const fn look(self) -> &'static str {
        match self {
            Self::Conforms => "pass",
            Self::DoesNotConform => "fail",
            Self::Inconclusive | Self::Partial => "unknown",
            Self::NotApplicable => "known",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::DoesNotConform => "does not conform",
            Self::Inconclusive => "inconclusive",
            Self::Partial => "partial",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// What became of some demands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// How many demands came to what.
    pub statistics: Statistics,
    /// The demands that are not met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_met: Vec<ClauseId>,
    /// The demands that no case could decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<ClauseId>,
    /// The demands that this machine cannot try.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_tried_here: Vec<ClauseId>,
}

impl Part {
    /// How many demands were met, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let of = self.statistics;
        let tried = of.met + of.not_met + of.undecided;
        match (tried, of.not_met) {
            (0, _) => "none tried".to_owned(),
            (_, 0) => format!("{} of {tried} met", of.met),
            (_, not_met) => format!("{} of {tried} met, {not_met} not", of.met),
        }
    }
}

/// How many demands came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Met.
    pub met: usize,
    /// Not met.
    pub not_met: usize,
    /// Not applicable to this agent.
    pub not_applicable: usize,
    /// Not to be tried on this machine.
    pub not_tried_here: usize,
    /// Could have been tried, and was not.
    pub not_tried: usize,
    /// Tried, and not decided.
    pub undecided: usize,
}

/// A cause of findings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingReport {
    /// How bad it is.
    pub class: Class,
    /// What is wrong.
    pub sentence: String,
    /// The demands that are not met.
    pub demands: Vec<DemandReport>,
    /// What the agent was asked to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Why it is tolerated, where every case of it is a known deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The shortest case that shows it.
    pub shortest: CaseId,
    /// Where the picture of that case is.
    pub picture: String,
    /// The command that shows it again.
    pub again: String,
    /// Every case that shows it.
    pub cases: Vec<CaseId>,
    /// A text for a bug report, in Markdown.
    pub report: String,
}

/// A demand as the register has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemandReport {
    /// Its id.
    pub id: ClauseId,
    /// The demand.
    pub text: String,
    /// What it rests on.
    pub source: String,
}

impl From<&Found<'_>> for FindingReport {
    fn from(found: &Found<'_>) -> Self {
        let demands = found.demands.iter().map(|(id, clause)| DemandReport {
            id: (*id).clone(),
            text: clause.text.clone(),
            source: clause.source.clone(),
        });
        Self {
            class: found.class,
            sentence: found.sentence.clone(),
            demands: demands.collect(),
            action: found.action().map(ToOwned::to_owned),
            known: found.known.map(ToOwned::to_owned),
            shortest: found.shortest.verdict.case.clone(),
            picture: format!("report.html#{}", found.anchor()),
            again: found.again.clone(),
            cases: found.cases().cloned().collect(),
            report: found.report.clone(),
        }
    }
}
