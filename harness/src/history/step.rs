use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a step does, by the step's key in a case file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Runs the agent.
    Run,
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
}

impl StepKind {
    /// The step's key in a case file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Together => "together",
            Self::Fault => "fault",
            Self::Heal => "heal",
            Self::Outside => "outside",
            Self::Guest => "guest",
            Self::Settle => "settle",
            Self::Check => "check",
            Self::Signal => "signal",
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

/// What a fault harms, by the fault's key in a case file.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The hypervisor's daemon.
    Daemon,
    /// The subject's emulator process.
    Emulator,
    /// The configuration file.
    Config,
    /// A tool that the agent calls.
    Tool,
    /// The network between the nodes.
    Network,
    /// The room in the folders of a node.
    Full,
    /// The folder with the configuration.
    Folder,
    /// A whole node, as far as the subject goes.
    Lost,
    /// The power of a node's machine.
    Power,
    /// The leases of a node.
    Lease,
    /// The subject's disk.
    Disk,
}

impl FaultKind {
    /// The fault's key in a case file, by which `heal` names it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Emulator => "emulator",
            Self::Config => "config",
            Self::Tool => "tool",
            Self::Network => "network",
            Self::Full => "full",
            Self::Folder => "folder",
            Self::Lost => "lost",
            Self::Power => "power",
            Self::Lease => "lease",
            Self::Disk => "disk",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
