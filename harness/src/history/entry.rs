use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cluster::ClusterEvent;
use super::lab_facts::LabFacts;
use super::moment::Moment;
use super::node_name::NodeName;
use super::run::{Invocation, Outcome};
use super::scheduled::Scheduled;
use super::sighting::Sighting;
use super::step::{Actor, FaultName, StepKind};
use super::step_path::StepPath;
use crate::ocf::Verb;

/// One entry of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Moment,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The lab is in the state that `given` describes; invariants hold from here on.
    Ready {
        /// What the lab is.
        lab: LabFacts,
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
    /// The actions that the agent's metadata advertises, with their timeouts in milliseconds; recorded where a verdict
    /// depends on them.
    Advertised(BTreeMap<Verb, u64>),
    /// A fault took effect, which the harness has checked.
    Fault {
        /// What it harms.
        kind: FaultName,
        /// Where.
        node: NodeName,
    },
    /// A signal was sent to processes of a run that is under way.
    Signal {
        /// Where.
        node: NodeName,
    },
    /// A fault is over.
    Healed {
        /// What it harmed.
        kind: FaultName,
    },
    /// A `settle` ended.
    Settled {
        /// The step.
        path: StepPath,
        /// Whether the condition came true in time.
        held: bool,
    },
    /// The cluster around the agent reported something.
    Cluster(ClusterEvent),
    /// A cluster's scheduler ordered this when a step asked it.
    Scheduled(Scheduled),
    /// A witness observed something.
    Saw(Sighting),
    /// The harness or the lab failed; the case can only be `unknown`.
    Trouble {
        /// One sentence for people.
        text: String,
    },
    /// The steps are over; what follows is the last observation.
    Done,
}
