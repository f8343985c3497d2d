//! How bad findings are.

use serde::{Deserialize, Serialize};

use crate::case::{Clause, ClauseId, Risk};
use crate::history::Exit;
use crate::judge::{Accused, Finding, Invariant, Origin, Severity};
use crate::ocf::Code;

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The guest ran twice, or the agent claimed something by which it may.
    MayRunTwice,
    /// Something was lost, or may be.
    LosesData,
    /// Another `must` was not met.
    WrongAnswer,
    /// A `should` was not met.
    Wish,
}

impl Class {
    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::MayRunTwice => "may run twice",
            Self::LosesData => "loses data",
            Self::WrongAnswer => "wrong answer",
            Self::Wish => "wish",
        }
    }

    /// The class of the severity that it has at least.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Wish => Severity::Warn,
            _ => Severity::Fail,
        }
    }

    /// Whether it is about the guest's safety.
    #[must_use]
    pub const fn is_about_safety(self) -> bool {
        matches!(self, Self::MayRunTwice | Self::LosesData)
    }

    pub(super) fn of(finding: &Finding, demands: &[(&ClauseId, &Clause)]) -> Self {
        if finding.severity != Severity::Fail {
            return Self::Wish;
        }
        match finding.origin {
            Origin::Invariant(
                Invariant::NeverTwice
                | Invariant::StopLeavesNothing
                | Invariant::FencingIsTrue
                | Invariant::GivenUpIsGone,
            ) => return Self::MayRunTwice,
            Origin::Invariant(
                Invariant::OthersLive | Invariant::ConfigUnchanged | Invariant::NoStaleMemory,
            ) => return Self::LosesData,
            _ => {}
        }
        let risks = |risk: Risk| demands.iter().any(|(_, clause)| clause.risk == Some(risk));
        if risks(Risk::RunsTwice) && finding.accused.as_ref().is_none_or(claims) {
            return Self::MayRunTwice;
        }
        match risks(Risk::LosesData) {
            true => Self::LosesData,
            false => Self::WrongAnswer,
        }
    }
}

/// Whether the agent claimed to know where the guest is: an error or a timeout claims nothing, and the cluster acts on it
/// with care.
const fn claims(accused: &Accused) -> bool {
    matches!(
        accused.exit,
        Some(Exit::Code(Code::Success | Code::NotRunning))
    )
}
