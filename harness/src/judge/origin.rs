//! What demanded something that was not met.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::StepPath;

/// What the demand behind a finding comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The world that the case begins in.
    Given,
    /// A step of the case.
    Step {
        /// The step's address.
        path: StepPath,
        /// Which demand of the step.
        part: StepPart,
    },
    /// The check in `then` with this index.
    Then(usize),
    /// What must hold in every history.
    Invariant(Invariant),
    /// No demand: the lab or the harness failed.
    Lab,
}

/// A demand of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepPart {
    /// The step is carried out.
    Whole,
    /// Every run of a `run` is carried out.
    Run,
    /// `returns` of a `run`.
    Returns,
    /// `within` of a `run`.
    Within,
    /// The condition of a `check`.
    Check,
    /// The condition of a `settle`.
    Settle,
}

/// What must hold in every history, whatever its case is about. The discriminants are the numbers in reports and in
/// `DESIGN.md`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// Two instances of the guest never run at once.
    NeverTwice = 1,
    /// A successful `stop` leaves no instance.
    StopLeavesNothing = 2,
    /// A successful `start` leaves a running guest.
    StartLeavesGuest = 3,
    /// `monitor` tells the truth.
    MonitorIsTrue = 4,
    /// A migration keeps the guest, and its success says where the guest is.
    MigrationKeepsGuest = 5,
    /// Guests of others live on.
    OthersLive = 6,
    /// The configuration file stays as it was.
    ConfigUnchanged = 7,
    /// Nothing is left behind after the last `stop`.
    NothingLeftBehind = 8,
    /// Every run ends in time, with a code of the standard and readable output.
    StandardEnd = 9,
    /// No guest goes on with memory that is older than its disk.
    NoStaleMemory = 10,
    /// Actions that only look change nothing.
    LookingChangesNothing = 11,
    /// A passing failure is not reported as a permanent one.
    NoFalseBan = 12,
    /// The agent's interpreter prints no error.
    NoInterpreterError = 13,
    /// What a fence agent says of a guest is true of all nodes.
    FencingIsTrue = 14,
    /// An idle cluster believes the guest started where it runs, and nowhere else.
    BeliefIsTrue = 15,
    /// No action fails in a cluster without a reason.
    NoNeedlessFailure = 16,
    /// No node is fenced for the agent's sake.
    NoNeedlessFencing = 17,
    /// A migration that the cluster takes for live keeps the guest, to its last action.
    LiveMigrationKeepsGuest = 18,
    /// Nothing runs that an idle cluster believes stopped.
    GivenUpIsGone = 19,
    /// By the code of a failed `migrate` rgmanager learns whether the guest still runs where it was.
    FailedMigrateIsTrue = 20,
}

impl Invariant {
    /// Every invariant, by number.
    pub const ALL: [Self; 20] = [
        Self::NeverTwice,
        Self::StopLeavesNothing,
        Self::StartLeavesGuest,
        Self::MonitorIsTrue,
        Self::MigrationKeepsGuest,
        Self::OthersLive,
        Self::ConfigUnchanged,
        Self::NothingLeftBehind,
        Self::StandardEnd,
        Self::NoStaleMemory,
        Self::LookingChangesNothing,
        Self::NoFalseBan,
        Self::NoInterpreterError,
        Self::FencingIsTrue,
        Self::BeliefIsTrue,
        Self::NoNeedlessFailure,
        Self::NoNeedlessFencing,
        Self::LiveMigrationKeepsGuest,
        Self::GivenUpIsGone,
        Self::FailedMigrateIsTrue,
    ];

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The clauses that it judges.
    #[must_use]
    pub const fn clauses(self) -> &'static [&'static str] {
        match self {
            Self::NeverTwice => &["DBL-01", "MIG-ATOMIC-01"],
            Self::StopLeavesNothing => &["STOP-01"],
            Self::StartLeavesGuest => &["START-01", "RGM-11"],
            Self::MonitorIsTrue => &["OCF-EXIT-00", "OCF-EXIT-07", "OCF-PROBE-02"],
            Self::MigrationKeepsGuest => {
                &["MIG-01", "MIG-02", "MIG-03", "MIG-FROM-01", "MIG-STOP-02"]
            }
            Self::OthersLive => &["DBL-05", "OCF-CONC-01"],
            Self::ConfigUnchanged => &["START-04"],
            Self::NothingLeftBehind => &["STOP-16"],
            Self::StandardEnd => &[
                "OCF-EXIT-07",
                "OCF-EXIT-08",
                "OCF-EXIT-09",
                "OCF-EXIT-10",
                "OCF-OUT-01",
                "OCF-TIME-01",
            ],
            Self::NoStaleMemory => &["DBL-19"],
            Self::LookingChangesNothing => &["OCF-ACT-07"],
            Self::NoFalseBan => &["OCF-EXIT-11", "OCF-EXIT-12"],
            Self::NoInterpreterError => &["OCF-OUT-03"],
            Self::FencingIsTrue => &["FEN-01", "FEN-03"],
            Self::BeliefIsTrue => &["CLU-21"],
            Self::NoNeedlessFailure => &["CLU-22"],
            Self::NoNeedlessFencing => &["CLU-16"],
            Self::LiveMigrationKeepsGuest => &["CLU-12"],
            Self::GivenUpIsGone => &["CLU-23"],
            Self::FailedMigrateIsTrue => &["RGM-04"],
        }
    }

    /// Whether it is about the cluster around the agent, so that only cases with one decide it.
    #[must_use]
    pub fn is_of_cluster(self) -> bool {
        (Self::BeliefIsTrue..=Self::GivenUpIsGone).contains(&self)
    }

    /// The clauses that an invariant judges in every case, so that every case decides them: not those that take a cluster,
    /// a fence agent or an agent of rgmanager.
    #[must_use]
    pub fn every_clause() -> BTreeSet<&'static str> {
        let elsewhere = |one: &&Self| {
            one.is_of_cluster() || matches!(one, Self::FencingIsTrue | Self::FailedMigrateIsTrue)
        };
        let always = Self::ALL.iter().filter(|one| !elsewhere(one));
        let clauses = always.flat_map(|invariant| invariant.clauses());
        clauses.copied().collect()
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {}", self.number())
    }
}
