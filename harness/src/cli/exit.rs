use std::process::ExitCode;

use crate::judge::Severity;
use crate::report::Conclusion;

/// What the command's exit code says; a contract with scripts and CI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the agent conforms, or the command did what it was asked.
    Conforms,
    /// 1: a `must` was not met.
    DoesNotConform,
    /// 2: wrong usage, or an invalid case, profile, agent or inventory.
    Usage,
    /// 3: the lab or the harness failed; nothing can be said of the agent.
    Inconclusive,
    /// 4: no case was selected.
    NothingSelected,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// All of them, by their numbers.
    pub const ALL: [Self; 6] = [
        Self::Conforms,
        Self::DoesNotConform,
        Self::Usage,
        Self::Inconclusive,
        Self::NothingSelected,
        Self::Interrupted,
    ];

    /// The code for the worst verdict of a run.
    #[must_use]
    pub const fn of(worst: Severity) -> Self {
        match worst {
            Severity::Pass | Severity::Warn => Self::Conforms,
            Severity::Unknown => Self::Inconclusive,
            Severity::Fail => Self::DoesNotConform,
        }
    }

    /// The code for what a run came to.
    #[must_use]
    pub const fn of_conclusion(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Conforms => Self::Conforms,
            Conclusion::DoesNotConform => Self::DoesNotConform,
            Conclusion::Inconclusive => Self::Inconclusive,
            Conclusion::NothingRan => Self::NothingSelected,
            Conclusion::Interrupted => Self::Interrupted,
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::DoesNotConform => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::NothingSelected => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}
