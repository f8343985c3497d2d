use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An exit code that the standard gives a meaning.
///
/// Written `not_running` in cases, shown as `OCF_NOT_RUNNING (7)` to people.
/// Source: OCF 1.1 "Exit Status Codes"; 0 to 7 are those of OCF 1.0 as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 0: the action was done completely, or the resource is properly active.
    Success,
    /// 1: an error nothing more specific is known about.
    ErrGeneric,
    /// 2: a parameter is wrong here.
    ErrArgs,
    /// 3: the agent does not know the action.
    ErrUnimplemented,
    /// 4: the agent lacks a privilege.
    ErrPerm,
    /// 5: needed software or a needed file is not here.
    ErrInstalled,
    /// 6: the configuration is wrong on every node.
    ErrConfigured,
    /// 7: the resource is certainly not active here.
    NotRunning,
    /// 8: active in the promoted role.
    RunningPromoted,
    /// 9: failed in the promoted role.
    FailedPromoted,
    /// 190: active, but a failure is to be expected.
    Degraded,
    /// 191: promoted, but a failure is to be expected.
    DegradedPromoted,
}

impl Code {
    /// Every code, in the order of its number.
    pub const ALL: [Self; 12] = [
        Self::Success,
        Self::ErrGeneric,
        Self::ErrArgs,
        Self::ErrUnimplemented,
        Self::ErrPerm,
        Self::ErrInstalled,
        Self::ErrConfigured,
        Self::NotRunning,
        Self::RunningPromoted,
        Self::FailedPromoted,
        Self::Degraded,
        Self::DegradedPromoted,
    ];

    /// The number a process exits with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::ErrGeneric => 1,
            Self::ErrArgs => 2,
            Self::ErrUnimplemented => 3,
            Self::ErrPerm => 4,
            Self::ErrInstalled => 5,
            Self::ErrConfigured => 6,
            Self::NotRunning => 7,
            Self::RunningPromoted => 8,
            Self::FailedPromoted => 9,
            Self::Degraded => 190,
            Self::DegradedPromoted => 191,
        }
    }

    /// The code with that number, if the standard knows one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|code| i32::from(code.number()) == number)
    }

    /// Whether only an agent that can be promoted answers it.
    #[must_use]
    pub const fn is_of_roles(self) -> bool {
        matches!(
            self,
            Self::RunningPromoted | Self::FailedPromoted | Self::DegradedPromoted
        )
    }

    /// The constant's name in the standard, such as `OCF_NOT_RUNNING`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "OCF_SUCCESS",
            Self::ErrGeneric => "OCF_ERR_GENERIC",
            Self::ErrArgs => "OCF_ERR_ARGS",
            Self::ErrUnimplemented => "OCF_ERR_UNIMPLEMENTED",
            Self::ErrPerm => "OCF_ERR_PERM",
            Self::ErrInstalled => "OCF_ERR_INSTALLED",
            Self::ErrConfigured => "OCF_ERR_CONFIGURED",
            Self::NotRunning => "OCF_NOT_RUNNING",
            Self::RunningPromoted => "OCF_RUNNING_PROMOTED",
            Self::FailedPromoted => "OCF_FAILED_PROMOTED",
            Self::Degraded => "OCF_DEGRADED",
            Self::DegradedPromoted => "OCF_DEGRADED_PROMOTED",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_found_again_by_its_number() {
        for code in Code::ALL {
            assert_eq!(Code::from_number(i32::from(code.number())), Some(code));
        }
        assert_eq!(Code::from_number(200), None);
    }

    #[test]
    fn people_read_the_name_and_the_number() {
        assert_eq!(Code::NotRunning.to_string(), "OCF_NOT_RUNNING (7)");
    }
}
