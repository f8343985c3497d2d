use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{ClauseId, Feature, Role};
use crate::engine::Engine;
use crate::equipment::Equipment;
use crate::lab::DomainSpec;
use crate::ocf::Dialect;

/// How one agent is spoken to; says only what its metadata cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name, for `--profile`.
    pub name: String,
    /// Whom it describes: `ocf:PROVIDER:TYPE`, or a path.
    pub agent: String,
    /// Which rules it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// What it runs its guests with. Unless said it is `libvirt`; but `qemu` where no parameter is named for `config` and
    /// a value of `set` has the socket of the subject's disk, for then the agent is told the emulator's command line.
    #[serde(default)]
    pub engine: Option<Engine>,
    /// The agent's own name of each parameter that cases speak of.
    #[serde(default)]
    pub parameters: BTreeMap<Role, String>,
    /// Parameters that are always set; `${node}` stands for the node's name.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Parameters that are set as well where a cluster runs the agent.
    #[serde(default)]
    pub set_in_cluster: BTreeMap<String, String>,
    /// What every lab must be equipped with for it, beside what a case needs: the daemons that a fence agent asks, say.
    #[serde(default)]
    pub equipment: Equipment,
    /// What the metadata cannot tell.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Tools that the agent calls and that may be put under the shim.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Known deviations: expected findings, each with its reason.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
    /// The parameters that it names by role and that the agent at hand has not.
    #[serde(skip)]
    pub lacking: BTreeMap<Role, String>,
}

impl Profile {
    /// What the agent runs its guests with.
    #[must_use]
    pub fn engine(&self) -> Engine {
        let starts_it_itself = || {
            let mut values = self.set.values();
            !self.parameters.contains_key(&Role::Config)
                && values.any(|value| value.contains(DomainSpec::SUBJECT_SOCKET))
        };
        match self.engine {
            Some(engine) => engine,
            None if starts_it_itself() => Engine::Qemu,
            None => Engine::Libvirt,
        }
    }

    /// Takes out what the agent has no parameter for: roles, but for that of the configuration, and values of a cluster.
    pub(super) fn do_without_unknown(&mut self, known: &[String]) {
        self.set_in_cluster.retain(|name, _| known.contains(name));
        let is_known = |role: Role, name: &String| role == Role::Config || known.contains(name);
        let parameters = std::mem::take(&mut self.parameters).into_iter();
        (self.parameters, self.lacking) =
            parameters.partition(|(role, name)| is_known(*role, name));
    }
}

/// A finding that is known: reported apart, and reported as mended when it no longer occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The case's id.
    pub case: String,
    /// The demands that are not met.
    pub clauses: Vec<ClauseId>,
    /// Why it is so, and why it is tolerated.
    pub reason: String,
    /// Where it is discussed.
    #[serde(default)]
    pub link: Option<String>,
}
