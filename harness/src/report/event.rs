use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::elsewhere;
use super::identity::Identity;
use crate::case::{CaseId, Suite};
use crate::judge::{Severity, Verdict};
use crate::plan::{SkipKind, SkipReason};

/// Something that happened in a run, as all reporters get it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The run begins; everything that was decided before it.
    RunStarted(RunStart),
    /// A case got a lab.
    CaseStarted {
        /// The case.
        id: CaseId,
    },
    /// A step of a case began.
    StepBegan {
        /// The case.
        id: CaseId,
        /// The step as a person would say it.
        text: String,
    },
    /// A case was judged.
    CaseEnded(Box<CaseEnd>),
    /// The user asked to stop; running cases are cleaned up.
    Interrupted,
    /// The run is over.
    RunEnded {
        /// Milliseconds from its begin.
        took: u64,
        /// Milliseconds that all labs together took to start and to be reset.
        #[serde(default)]
        preparing: u64,
        /// Milliseconds of processors' time that the run took, with its labs; 0 where it was not measured.
        #[serde(default)]
        processor: u64,
        /// Where the results lie, if they were kept.
        results: Option<String>,
        /// When it ended, as RFC 3339 has it, with the offset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<String>,
    },
}

/// What is known when a run begins.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunStart {
    /// How many cases will run.
    pub total: usize,
    /// The agent: its OCF name, or its canonical path.
    pub agent: String,
    /// The package that the agent was unpacked from for this run, with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The name of the profile.
    pub profile: String,
    /// The lab's kind.
    pub lab: String,
    /// Versions of everything that may matter: harness, libvirt, QEMU.
    pub versions: BTreeMap<String, String>,
    /// Cases that do not run here.
    pub skipped: Vec<Skip>,
    /// The command that runs chosen cases of this run again, without their names.
    pub again: String,
    /// The seed that the cases' order was shuffled by, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// When and where the run was made, by which tool and of which agent.
    #[serde(flatten)]
    pub identity: Box<Identity>,
}

impl RunStart {
    /// The agent, with the package that it was unpacked from; a file by its name alone.
    #[must_use]
    pub fn whom(&self) -> String {
        let agent = elsewhere::file(&self.agent);
        match &self.package {
            Some(package) => format!("{agent} of {package}"),
            None => agent.to_owned(),
        }
    }
}

impl RunStart {
    /// Whether the run was made with this suite, as far as that is known.
    #[must_use]
    pub fn is_of(&self, suite: &Suite) -> bool {
        let made_of = &self.identity.digests.suite;
        made_of.is_empty() || *made_of == suite.digest
    }
}

/// A case that does not run, decided in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skip {
    /// The case.
    pub id: CaseId,
    /// Who lacks what it needs.
    pub kind: SkipKind,
    /// What is lacking.
    pub why: SkipReason,
    /// The same as a sentence.
    pub reason: String,
}

impl Skip {
    /// A case that does not run.
    #[must_use]
    pub fn new(id: CaseId, why: SkipReason) -> Self {
        Self {
            id,
            kind: why.kind(),
            reason: why.to_string(),
            why,
        }
    }
}

/// A case with its verdict.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CaseEnd {
    /// The verdict.
    pub verdict: Verdict,
    /// The failure as text; none if the case passed.
    pub diagnosis: Option<String>,
    /// The reason of a known deviation, when every finding is one.
    pub known: Option<String>,
    /// Whether a known deviation of this case did not occur any more.
    pub mended: bool,
}

impl CaseEnd {
    /// Whether a `must` was not met, and no known deviation covers it.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.verdict.severity == Severity::Fail && self.known.is_none()
    }
}

/// Turns events into a report.
pub trait Reporter {
    /// Takes an event in.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Completes the report.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}
