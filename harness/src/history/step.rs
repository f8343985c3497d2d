use std::fmt;

use serde::{Deserialize, Serialize};

/// What a step does, by the step's key in a case file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Runs the agent.
    Run,
    /// Runs the agent as a fence agent.
    Fence,
    /// Begins several steps at once.
    Together,
    /// Harms the lab.
    Fault,
    /// Undoes faults.
    Heal,
    /// Acts on the subject through libvirt, as an operator would.
    Outside,
    /// Tells the guest to do something.
    Guest,
    /// Waits for a condition.
    Settle,
    /// Judges a condition.
    Check,
    /// Sends a signal to the agent.
    Signal,
    /// Asks something of the cluster.
    Cluster,
    /// Asks a cluster's scheduler.
    Schedule,
}

impl StepKind {
    /// The step's key in a case file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Fence => "fence",
            Self::Together => "together",
            Self::Fault => "fault",
            Self::Heal => "heal",
            Self::Outside => "outside",
            Self::Guest => "guest",
            Self::Settle => "settle",
            Self::Check => "check",
            Self::Signal => "signal",
            Self::Cluster => "cluster",
            Self::Schedule => "schedule",
        }
    }
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The case, step by step.
    Case,
    /// The case, while one of its runs is under way (`during`).
    During,
    /// `explore`, which draws the next step when the one before is done.
    Explore,
}

/// What a fault harms: its key in a case file. Which there are is for the case language to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultName(pub String);

impl fmt::Display for FaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
