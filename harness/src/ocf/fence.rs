//! What a fence agent is asked to do, and how it may end.
//!
//! Source: ClusterLabs/fence-agents, doc/FenceAgentAPI.md, "Agent Operations and Return Values".

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a fence agent is asked to do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FenceAction {
    /// End the guest at once.
    Off,
    /// Start it.
    On,
    /// End it, and start it again.
    Reboot,
    /// Tell whether it is on or off.
    Status,
    /// Tell whether the fence device works.
    Monitor,
    /// List the guests that the device can fence.
    List,
    /// Print the agent's metadata.
    Metadata,
}

impl FenceAction {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::Off,
        Self::On,
        Self::Reboot,
        Self::Status,
        Self::Monitor,
        Self::List,
        Self::Metadata,
    ];

    /// The word for it, as the value of the option `action`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Reboot => "reboot",
            Self::Status => "status",
            Self::Monitor => "monitor",
            Self::List => "list",
            Self::Metadata => "metadata",
        }
    }

    /// Whether it is about one guest, which the agent must be told.
    #[must_use]
    pub const fn names_guest(self) -> bool {
        matches!(self, Self::Off | Self::On | Self::Reboot | Self::Status)
    }

    /// What the cluster itself sets of the options: the action, and the guest by its name where it is about one.
    /// Source: Pacemaker's `st_actions.c`.
    #[must_use]
    pub fn options(self, guest: &str) -> BTreeMap<String, String> {
        let names = [("nodename", guest), ("port", guest)];
        let names = names.into_iter().filter(|_| self.names_guest());
        { names.chain([("action", self.word())]) }
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// Whether it is asked before there is any device to speak of.
    #[must_use]
    pub const fn is_asked_without_device(self) -> bool {
        matches!(self, Self::Metadata)
    }

    /// Whether it starts or ends the guest.
    #[must_use]
    pub const fn changes_guest(self) -> bool {
        matches!(self, Self::Off | Self::On | Self::Reboot)
    }
}

/// An exit code that the fence-agent API gives a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FenceCode {
    /// 0: the action was done, or the guest is on.
    Success,
    /// 1: it was not done, or could not be verified.
    Failure,
    /// 2: the guest is off.
    Off,
}

impl FenceCode {
    /// The code with that number, if the API knows one.
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::Success),
            1 => Some(Self::Failure),
            2 => Some(Self::Off),
            _ => None,
        }
    }
}

impl fmt::Display for FenceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success (0)",
            Self::Failure => "failure (1)",
            Self::Off => "off (2)",
        })
    }
}

/// One way in which a run of a fence agent may end, as a case says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FenceReturned {
    /// 0: done, or the guest is on.
    Success,
    /// 1: not done, or not verified.
    Failure,
    /// 2: the guest is off.
    Off,
    /// 0, 1 or 2: what must hold is said by the checks, and by the invariants.
    Anything,
}

impl FenceReturned {
    /// Whether an agent that exits with `code` ended in this way.
    #[must_use]
    pub const fn admits(self, code: FenceCode) -> bool {
        match self {
            Self::Success => matches!(code, FenceCode::Success),
            Self::Failure => matches!(code, FenceCode::Failure),
            Self::Off => matches!(code, FenceCode::Off),
            Self::Anything => true,
        }
    }
}

impl fmt::Display for FenceReturned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => FenceCode::Success.fmt(f),
            Self::Failure => FenceCode::Failure.fmt(f),
            Self::Off => FenceCode::Off.fmt(f),
            Self::Anything => f.write_str("a code of the fence-agent API"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FenceAction, FenceCode, FenceReturned};

    #[test]
    fn what_is_about_no_guest_names_none() {
        let names = |action: FenceAction| action.options("vm1").into_keys().collect::<Vec<_>>();
        assert_eq!(names(FenceAction::Off), ["action", "nodename", "port"]);
        assert_eq!(names(FenceAction::Metadata), ["action"]);
    }

    #[test]
    fn only_the_three_codes_of_the_api_have_a_meaning() {
        assert_eq!(FenceCode::from_number(2), Some(FenceCode::Off));
        assert_eq!(FenceCode::from_number(3), None);
        assert!(FenceReturned::Anything.admits(FenceCode::Failure));
        assert!(!FenceReturned::Success.admits(FenceCode::Off));
    }
}
