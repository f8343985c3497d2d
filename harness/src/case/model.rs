use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, ClusterDo, Given, Millis, Needs, Step};

/// A case's id: folder, file and row, such as `monitor::state-mapping::crashed`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl CaseId {
    /// The name of the folder of its results: `monitor-state-mapping-crashed`.
    #[must_use]
    pub fn folder(&self) -> String {
        self.0.replace("::", "-")
    }

    /// Its first part, the folder of its file: `monitor`.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split("::").next().unwrap_or_default()
    }
}

/// The id of a demand in the register `cases/clauses.yaml`, such as `STOP-06`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct ClauseId(pub String);

/// How strong a demand is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its choice is reported; only the extremes that the case names fail.
    May,
    /// Not meeting it is a warning.
    Should,
    /// Not meeting it is a failure.
    Must,
}

/// The most that an agent gets of a timeout which it advertises and a case cuts short: where it asks for hours, an action
/// that hangs would else never come to a finding.
pub const PATIENCE: Millis = Millis(180_000);

/// One case, or one row of a table of cases, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseSpec {
    /// A sentence that is true of a conforming agent.
    pub case: String,
    /// The demands it decides.
    pub clause: Vec<ClauseId>,
    /// How strong they are.
    pub level: Level,
    /// What must be there for it to run.
    #[serde(default)]
    pub needs: Needs,
    /// After which the case is given up as `unknown`.
    #[serde(default = "default_timeout")]
    pub timeout: Millis,
    /// How many times the whole case is run, each in a fresh world.
    #[serde(default = "once")]
    pub repeat: u32,
    /// The world at the start.
    #[serde(default)]
    pub given: Given,
    /// What is done, in order.
    pub when: Vec<Step>,
    /// What must hold at the end, beside the invariants.
    #[serde(default)]
    pub then: Vec<Check>,
}

impl CaseSpec {
    /// Whether it runs the agent under test as a fence agent.
    #[must_use]
    pub fn is_for_fence_agents(&self) -> bool {
        self.any_step(|step| matches!(step, Step::Fence(_)))
    }

    /// The time that it takes at least, since it waits for nothing to happen.
    #[must_use]
    pub fn watches(&self) -> Millis {
        self.sum(&|step| match step {
            Step::Settle(settle) => match &settle.until {
                Check::Silent(silent) => silent.span.0,
                _ => 0,
            },
            _ => 0,
        })
    }

    /// The sum of the limits that its steps themselves name, and of what others take that have none, times its
    /// repetitions: which case takes longer than which, for those who run several side by side.
    #[must_use]
    pub fn longest_waits(&self) -> Millis {
        self.sum(&|step| match step {
            Step::Run(run) => {
                let limit = run.kill_after.or(run.timeout).unwrap_or(USUAL_ACTION);
                limit.0.saturating_mul(u64::from(run.times))
            }
            Step::Fence(fence) => fence.timeout.unwrap_or(USUAL_ACTION).0,
            Step::Fault(fault) => fault.delays().0,
            Step::Settle(settle) => settle.within.0,
            Step::Cluster(ClusterDo::Reach(reach)) => reach.within.0,
            Step::Cluster(_) => USUAL_ACTION.0,
            _ => 0,
        })
    }

    /// The sum over its steps of the milliseconds that each takes, times its repetitions.
    fn sum(&self, own: &impl Fn(&Step) -> u64) -> Millis {
        let steps = self.when.iter().map(|step| step.time(own));
        let once = steps.fold(0, u64::saturating_add);
        Millis(once.saturating_mul(u64::from(self.repeat)))
    }
}

/// What an action takes at most that waits for nothing.
const USUAL_ACTION: Millis = Millis(2_000);

const fn default_timeout() -> Millis {
    Millis(120_000)
}

const fn once() -> u32 {
    1
}
