//! How one agent is spoken to.

mod parameter;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{ClauseId, Feature, Role};
use crate::engine::Engine;
use crate::equipment::Equipment;
use crate::lab::DomainSpec;
use crate::ocf::Dialect;
use parameter::Parameter;

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
    /// The agent's own name of each parameter that cases speak of, or how their values are written there.
    #[serde(default)]
    pub parameters: BTreeMap<Role, Parameter>,
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
    /// Tools that the agent calls and that may be put under the shim. An entry with a `/` is a folder of programs, by a
    /// path from this file's own folder: stand-ins for tools that the machine lacks. The nodes have them first on their
    /// search path, and in `/usr/sbin`.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Folders of this machine, by paths from this file's own folder, that the nodes see in these places, together with
    /// what the machine has there, and read-only: an agent's libraries, say.
    #[serde(default)]
    pub folders: BTreeMap<String, String>,
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

    /// What every lab must be equipped with for it.
    #[must_use]
    pub fn lab_equipment(&self) -> Equipment {
        Equipment {
            containers: self.engine().containers(),
            ..self.equipment
        }
    }

    /// The kind of its agent: whom of the suite's faulty agents it is like. The dialect's, where that is no resource agent of
    /// Pacemaker's, else the engine's.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.dialect {
            Dialect::Fence => "fence",
            Dialect::Rgmanager => "rgmanager",
            Dialect::Ocf10 | Dialect::Ocf11 => self.engine().word(),
        }
    }

    /// Roles as the agent's own parameters: without those that it has no parameter for, and without a value where a case
    /// takes all roles of a parameter away.
    #[must_use]
    pub fn own_parameters(
        &self,
        roles: &BTreeMap<Role, Option<String>>,
    ) -> BTreeMap<String, Option<String>> {
        let mut own: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (role, value) in roles {
            let Some(parameter) = self.parameters.get(role) else {
                continue;
            };
            let text = value.as_deref().and_then(|value| parameter.text(value));
            let joined = own.entry(parameter.name.clone()).or_default();
            *joined = match (joined.take(), text) {
                (Some(before), Some(text)) => Some(format!("{before} {text}")),
                (before, text) => before.or(text),
            };
        }
        own
    }

    /// Takes out what the agent has no parameter for: roles, but for that of the configuration, and values of a cluster.
    pub(super) fn do_without_unknown(&mut self, known: &[String]) {
        self.set_in_cluster.retain(|name, _| known.contains(name));
        for (role, parameter) in std::mem::take(&mut self.parameters) {
            match role == Role::Config || known.contains(&parameter.name) {
                true => drop(self.parameters.insert(role, parameter)),
                false => drop(self.lacking.insert(role, parameter.name)),
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    const RGMANAGER: &str = r#"
name: mine
agent: /usr/share/cluster/mine.sh
parameters:
  config: xmlfile
  transport: {parameter: migration_uri, values: {tcp: "qemu+tcp://%s/system", ssh: "qemu+ssh://%s/system"}}
  bandwidth: {parameter: migrate_options, value: "--bandwidth ${value}"}
  migrate_options: {parameter: migrate_options, value: "${value}"}
"#;

    fn profile() -> Profile {
        Profile::parse(std::path::Path::new("mine.yaml"), RGMANAGER).expect("it is good")
    }

    fn own(roles: &[(Role, Option<&str>)]) -> Vec<(String, Option<String>)> {
        let roles = roles.iter();
        let roles = roles.map(|(role, value)| (*role, value.map(str::to_owned)));
        let own = profile().own_parameters(&roles.collect());
        own.into_iter().collect()
    }

    fn set(name: &str, value: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn a_value_is_written_as_it_is_or_within_a_text_or_by_its_word() {
        let found = own(&[
            (Role::Config, Some("/etc/vm.xml")),
            (Role::Transport, Some("ssh")),
            (Role::Bandwidth, Some("1")),
            (Role::Peers, Some("a b")),
        ]);
        let wanted = [
            set("migrate_options", "--bandwidth 1"),
            set("migration_uri", "qemu+ssh://%s/system"),
            set("xmlfile", "/etc/vm.xml"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn two_roles_of_one_parameter_are_joined_with_a_blank() {
        let both = [
            (Role::MigrateOptions, Some("--p2p")),
            (Role::Bandwidth, Some("1")),
        ];
        assert_eq!(own(&both), [set("migrate_options", "--bandwidth 1 --p2p")]);
        let one = [
            (Role::MigrateOptions, Some("--p2p")),
            (Role::Bandwidth, None),
        ];
        assert_eq!(own(&one), [set("migrate_options", "--p2p")]);
        let none = [(Role::MigrateOptions, None), (Role::Bandwidth, None)];
        assert_eq!(own(&none), [("migrate_options".to_owned(), None)]);
    }

    #[test]
    fn a_profile_is_read_again_as_it_is_written() {
        let written = serde_json::to_value(profile()).expect("it can be written");
        let read: Profile = serde_json::from_value(written).expect("it can be read");
        assert_eq!(read, profile());
    }
}
