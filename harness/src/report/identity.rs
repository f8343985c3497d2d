//! When and where a run was made, by which tool and of which agent: what tells whether two results belong together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::SkipKind;

/// What identifies a run. What was not known is empty or absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Identity {
    /// When the run began, as RFC 3339 has it, with the offset.
    pub began: String,
    /// The program that made it.
    pub tool: Tool,
    /// The machine that it was made on.
    pub host: Host,
    /// The agent under test.
    pub subject: Subject,
    /// The digests of what the run depends on.
    pub digests: Digests,
    /// How many cases were chosen.
    pub chosen: Chosen,
    /// The part of the suite that was run, such as `slice:1/3`; absent of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The user's choice of cases as typed: parts of ids, and options such as `--level=must`. Empty chooses all.
    pub filters: Vec<String>,
}

/// The program that made a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its version.
    pub version: String,
    /// The commit that it was built from, with `-dirty` where the sources had been changed; absent where that was not
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl Tool {
    /// This program.
    #[must_use]
    pub fn this() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("VRT_COMMIT").map(ToOwned::to_owned),
        }
    }
}

/// The machine that the harness ran on. Where the nodes are machines of their own, `versions` has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Host {
    /// The distribution as it names itself.
    pub distribution: String,
    /// The kernel's release.
    pub kernel: String,
    /// The processors' architecture, such as `x86_64`.
    pub architecture: String,
    /// What ran the guests' processors: `kvm` or `tcg`.
    pub accelerator: String,
    /// The machine's name.
    pub hostname: String,
    /// How many processors the harness may use.
    pub cpus: usize,
}

/// The agent under test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Subject {
    /// Its name in its metadata; that of its file where it prints none.
    pub name: String,
    /// Its version in its metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The package that it was unpacked from, or that owns its file, with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The SHA-256 of its file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// The SHA-256 of what a run depends on, in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Digests {
    /// Of the cases and the register of clauses.
    pub suite: String,
    /// Of the profile with what `--param` sets, as JSON.
    pub profile: String,
    /// Of the file of known deviations; absent where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
}

/// What became of the suite's cases in the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Chosen {
    /// All cases of the suite.
    pub total: usize,
    /// Those that were to run.
    pub run: usize,
    /// Those that were not.
    pub skipped: SkippedCounts,
}

/// How many cases were not to run, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SkippedCounts {
    /// They do not apply to the agent.
    pub agent_lacks: usize,
    /// The lab, or the machine that it is on, cannot carry them out.
    pub machine_lacks: usize,
    /// The user did not ask for them.
    pub filtered: usize,
}

impl Chosen {
    /// The counts of a plan, by its skipped cases; all others that do not run were not asked for.
    #[must_use]
    pub fn of(total: usize, run: usize, skipped: impl IntoIterator<Item = SkipKind>) -> Self {
        let (agent, machine): (Vec<_>, Vec<_>) =
            { skipped.into_iter() }.partition(|kind| *kind == SkipKind::AgentLacks);
        let (agent_lacks, machine_lacks) = (agent.len(), machine.len());
        Self {
            total,
            run,
            skipped: SkippedCounts {
                agent_lacks,
                machine_lacks,
                filtered: total.saturating_sub(run + agent_lacks + machine_lacks),
            },
        }
    }
}

/// This moment as RFC 3339 has it, with this machine's offset.
#[must_use]
pub fn now() -> String {
    jiff::Zoned::now()
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}
