use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::node_name::NodeName;
use super::run::{Invocation, Outcome};
use super::sighting::Sighting;
use super::step::{Actor, FaultKind, StepKind};
use super::step_path::StepPath;

/// One entry of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, on the harness's clock.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The lab is in the world that `given` describes; invariants count from here.
    Ready {
        /// The lab's facts that a report shows: accelerator, versions.
        lab: BTreeMap<String, String>,
    },
    /// A step of the case began.
    Step {
        /// Its address.
        path: StepPath,
        /// What it does.
        kind: StepKind,
        /// Who takes it.
        actor: Actor,
        /// The node that it is about, if it is about one.
        node: Option<NodeName>,
        /// One line for people.
        text: String,
    },
    /// The agent was started.
    Began(Invocation),
    /// The agent ended.
    Ended(Outcome),
    /// The actions that its metadata advertise, with their timeouts in milliseconds: told where a verdict depends on them.
    Advertised(BTreeMap<String, u64>),
    /// A fault took effect, as its own probe saw.
    Fault {
        /// What it harms.
        kind: FaultKind,
        /// Where.
        node: NodeName,
    },
    /// A signal was sent to processes of the agent that runs.
    Signal {
        /// Where.
        node: NodeName,
    },
    /// A fault is over.
    Healed {
        /// What it harmed.
        kind: FaultKind,
    },
    /// A `settle` ended.
    Settled {
        /// The step.
        path: StepPath,
        /// Whether the condition came true in time.
        held: bool,
    },
    /// A witness looked.
    Saw(Sighting),
    /// The harness or the lab failed; the case can only be `unknown`.
    Trouble {
        /// What failed, in one sentence.
        text: String,
    },
    /// The case's steps are over; what follows is the final look.
    Done,
}
