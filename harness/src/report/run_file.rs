//! `run.json` as a type: what ran where, and what it came to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::Skip;
use super::identity::Identity;
use super::summary::{Conclusion, Summary, Tally};
use crate::case::CaseId;
use crate::judge::Verdict;

/// The format of `run.json` that this version writes, and the only one that it reads.
pub const RUN_FORMAT: u32 = 1;

/// A whole run in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunFile {
    /// The format of this file. Only another meaning of a key makes another format; a new key does not.
    pub format: u32,
    /// The agent: its OCF name, or its canonical path.
    pub agent: String,
    /// The package that the agent was unpacked from for this run, with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The name of the profile.
    pub profile: String,
    /// The labs in words.
    pub lab: String,
    /// Versions of what may matter: the tool, libvirt, QEMU, Pacemaker, resource-agents, or the nodes' machines.
    pub versions: BTreeMap<String, String>,
    /// The seed that the cases' order was shuffled by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// When and where it was made, by which tool and of which agent.
    #[serde(flatten)]
    pub identity: Identity,
    /// When the run ended, as RFC 3339 has it, with the offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// The one answer.
    pub conclusion: Conclusion,
    /// The same as a sentence.
    pub sentence: String,
    /// How many cases came to what.
    pub counts: Tally,
    /// Milliseconds from the begin to the end.
    pub took: u64,
    /// Milliseconds that all labs together took to start and to be reset.
    pub preparing: u64,
    /// The verdict on every case that ran, in the order of their ends.
    pub verdicts: Vec<Verdict>,
    /// The reason of every known deviation that occurred, by its case.
    pub known: BTreeMap<CaseId, String>,
    /// The cases that were asked for but could not run.
    pub skipped: Vec<Skip>,
}

impl RunFile {
    /// The file of a run that is over.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        let start = summary.start.clone();
        let known = summary.ended.iter().filter_map(|end| {
            let reason = end.known.clone()?;
            Some((end.verdict.case.clone(), reason))
        });
        Self {
            format: RUN_FORMAT,
            agent: start.agent,
            package: start.package,
            profile: start.profile,
            lab: start.lab,
            versions: start.versions,
            seed: start.seed,
            identity: *start.identity,
            ended: summary.over.clone(),
            conclusion: summary.conclusion(),
            sentence: summary.sentence(),
            counts: summary.tally(),
            took: summary.took,
            preparing: summary.preparing,
            verdicts: summary
                .ended
                .iter()
                .map(|end| end.verdict.clone())
                .collect(),
            known: known.collect(),
            skipped: start.skipped,
        }
    }

    /// The JSON schema of `run.json`.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        schema["title"] = "A run of virt-ra-tester".into();
        schema["properties"]["format"]["const"] = RUN_FORMAT.into();
        schema
    }
}
