//! The world that a case begins in.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigForm, GuestDo, Role, Speed};
use crate::history::NodeName;

/// The world that a case begins in, for one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GivenState {
    /// No domain, no definition.
    Absent,
    /// Started by the agent's own `start`, and writing.
    Running,
    /// Started by the agent, then suspended by the operator.
    Paused,
    /// Started by the agent, then panicked and preserved.
    Crashed,
    /// Started by the agent, then asleep in S3.
    Pmsuspended,
    /// Started by hand through libvirt, without the agent.
    Outside,
    /// A persistent definition that is shut off.
    Shutoff,
    /// A persistent definition that is shut off and marked for autostart.
    Autostart,
    /// A persistent definition with a managed-save image.
    Managedsave,
    /// Driver lab: `VIR_DOMAIN_NOSTATE`.
    Nostate,
    /// Driver lab: `VIR_DOMAIN_BLOCKED`.
    Blocked,
    /// Driver lab: `VIR_DOMAIN_SHUTDOWN`.
    Shutdown,
    /// An older persistent definition that is shut off: it names a disk that is not there.
    Outdated,
}

/// The world at the start of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
pub struct Given {
    /// The state of the subject on each node that the case names.
    pub states: BTreeMap<NodeName, GivenState>,
    /// How the configuration file is written, on every node, before the agent first runs.
    pub config: ConfigForm,
    /// How the guest behaves from its boot.
    pub guest: Option<GuestDo>,
    /// How fast the lab lets the subject's live migrations go where the agent asks for no speed itself: the lab tells
    /// the hypervisor before every `migrate_to`. With a guest that is `dirty`, none ends.
    pub migration_speed: Option<Speed>,
    /// Nodes on which a foreign domain of the subject's name, with another UUID, runs.
    pub stranger: Vec<NodeName>,
    /// Nodes on which a foreign domain of another name and UUID runs that uses the subject's locked disk.
    pub rival: Vec<NodeName>,
    /// Parameters for every invocation of the case, by role; null leaves one out.
    pub parameters: BTreeMap<Role, Option<String>>,
}

/// The world at the start of a case.
//
// As a case writes it: a key for each node beside the others, so that serde can name a key that is unknown.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename = "Given")]
struct Written {
    /// Node `a`.
    a: Option<GivenState>,
    /// Node `b`.
    b: Option<GivenState>,
    /// How the configuration file is written, on every node, before the agent first runs.
    config: ConfigForm,
    /// How the guest behaves from its boot.
    guest: Option<GuestDo>,
    /// How fast the lab lets the subject's live migrations go where the agent asks for no speed itself: the lab tells
    /// the hypervisor before every `migrate_to`. With a guest that is `dirty`, none ends.
    migration_speed: Option<Speed>,
    /// Nodes on which a foreign domain of the subject's name, with another UUID, runs.
    stranger: Vec<NodeName>,
    /// Nodes on which a foreign domain of another name and UUID runs that uses the subject's locked disk.
    rival: Vec<NodeName>,
    /// Parameters for every invocation of the case, by role; null leaves one out.
    parameters: BTreeMap<Role, Option<String>>,
}

impl From<Written> for Given {
    fn from(written: Written) -> Self {
        let states = NodeName::ALL.into_iter().zip([written.a, written.b]);
        Self {
            states: states
                .filter_map(|(name, state)| Some((NodeName::from(name), state?)))
                .collect(),
            config: written.config,
            guest: written.guest,
            migration_speed: written.migration_speed,
            stranger: written.stranger,
            rival: written.rival,
            parameters: written.parameters,
        }
    }
}

impl From<Given> for Written {
    fn from(given: Given) -> Self {
        let state = |name: &str| given.states.get(&NodeName::from(name)).copied();
        let [a, b] = NodeName::ALL.map(state);
        Self {
            a,
            b,
            config: given.config,
            guest: given.guest,
            migration_speed: given.migration_speed,
            stranger: given.stranger,
            rival: given.rival,
            parameters: given.parameters,
        }
    }
}
