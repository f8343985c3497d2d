//! What of the cluster around the agent can be harmed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A daemon of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterDaemon {
    /// `pacemakerd`, which starts the others again.
    Pacemakerd,
    /// `pacemaker-controld`: one of them is the designated controller.
    Controld,
    /// `pacemaker-execd`, which runs the agents.
    Execd,
    /// `pacemaker-fenced`, which fences.
    Fenced,
    /// `pacemaker-based`, which keeps the configuration.
    Based,
    /// `pacemaker-attrd`, which keeps the nodes' attributes.
    Attrd,
    /// `pacemaker-schedulerd`, which plans.
    Schedulerd,
    /// `corosync`, by which the nodes reach each other.
    Corosync,
}

impl ClusterDaemon {
    /// The name of its program.
    #[must_use]
    pub const fn program(self) -> &'static str {
        match self {
            Self::Pacemakerd => "pacemakerd",
            Self::Controld => "pacemaker-controld",
            Self::Execd => "pacemaker-execd",
            Self::Fenced => "pacemaker-fenced",
            Self::Based => "pacemaker-based",
            Self::Attrd => "pacemaker-attrd",
            Self::Schedulerd => "pacemaker-schedulerd",
            Self::Corosync => "corosync",
        }
    }
}

/// What is done to the device that fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FencingDo {
    /// It does nothing, and says that it failed.
    Fail,
    /// It does nothing, and says that it succeeded.
    Lie,
    /// It does what is asked, but late.
    Slow,
}
