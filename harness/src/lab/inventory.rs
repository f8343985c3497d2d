use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::LabError;
use crate::case::{CaseError, Mistake, SourceText, read_placed};

/// How many machines a lab is made of.
const LAB: usize = 2;

/// The machines of labs, as a file names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// OpenSSH's client configuration, by its path from the inventory's folder; without one ssh's own is used.
    #[serde(default)]
    pub ssh_config: Option<PathBuf>,
    /// The machines: each two, one after the other, become the nodes `a` and `b` of a lab.
    pub nodes: Vec<Host>,
    /// The command that runs what follows it as root, such as `[sudo, -n]`. Empty if ssh logs in as root.
    #[serde(default, rename = "become")]
    pub become_root: Vec<String>,
    /// Whether machines on which foreign guests run are used all the same: they slow the lab down and are not touched.
    #[serde(default)]
    pub foreign_guests: bool,
    /// How a machine's power is cut and restored, by commands of this machine's shell; for cases that need it.
    #[serde(default)]
    pub power: Option<Power>,
    /// Where the inventory lies: the commands run there.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// One machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name for ssh.
    pub host: String,
    /// The address by which the other machines reach it, by UDP port 4789.
    pub address: String,
}

impl Host {
    /// Why it cannot be used, or what it refuses.
    pub(super) fn trouble(&self, why: String) -> LabError {
        LabError::Machine {
            host: self.host.clone(),
            why,
        }
    }
}

/// The commands for a machine's power; `$host` is its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// Cuts it, at once: the machine must not shut down in order.
    pub cut: String,
    /// Gives it back, if it is cut; the machine then boots.
    pub restore: String,
}

impl Inventory {
    /// Reads an inventory from a file; the path in it is made one from the current folder.
    ///
    /// # Errors
    /// The file cannot be read, something in it is wrong, or it names one machine too few for its labs.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        let mut inventory = Self::parse(&SourceText::read(path)?)?;
        let folder = folder_of(path);
        inventory.ssh_config = inventory.ssh_config.map(|config| folder.join(config));
        inventory.folder = folder.to_owned();
        Ok(inventory)
    }

    fn parse(source: &SourceText) -> Result<Self, Mistake> {
        let (inventory, places): (Self, _) = read_placed(source)?;
        let wrong = |path: &str, what: &str, label: &str, help: &str| {
            let mistake = source.mistake(places.nearest(path), what, label);
            Err(mistake.with_help(help))
        };
        let nodes = &inventory.nodes;
        if nodes.len() < LAB {
            return wrong(
                "nodes",
                &format!(
                    "a lab is made of {LAB} machines, and this names {}",
                    nodes.len()
                ),
                "too few",
                "name another one: `- {host: NAME, address: ADDRESS}`",
            );
        }
        if !nodes.len().is_multiple_of(LAB) {
            return wrong(
                &format!("nodes[{}]", nodes.len() - 1),
                &format!(
                    "each lab is made of {LAB} machines, and this names {}",
                    nodes.len()
                ),
                "without a second one",
                "name another one after it, `- {host: NAME, address: ADDRESS}`, or take this one out",
            );
        }
        for (index, node) in nodes.iter().enumerate() {
            let path = format!("nodes[{index}]");
            if nodes[..index].iter().any(|other| other.host == node.host) {
                return wrong(
                    &path,
                    &format!("the machine `{}` is named twice", node.host),
                    "named before",
                    "each node needs a machine of its own",
                );
            }
            if node.address.parse::<std::net::IpAddr>().is_err() {
                return wrong(
                    &format!("{path}.address"),
                    &format!("`{}` is no IP address", node.address),
                    "not understood",
                    "write the address by which the other machines reach this one, such as 192.168.56.11",
                );
            }
        }
        Ok(inventory)
    }

    /// How many labs its machines make.
    #[must_use]
    pub const fn labs(&self) -> usize {
        self.nodes.len() / LAB
    }

    /// The machines of one of its labs.
    pub(super) fn lab(&self, index: usize) -> Self {
        let nodes = self.nodes.iter().skip(index * LAB).take(LAB);
        Self {
            nodes: nodes.cloned().collect(),
            ..self.clone()
        }
    }

    /// The JSON schema of an inventory, for editors.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        schema["title"] = "An inventory of machines for virt-ra-tester".into();
        schema
    }
}

/// The folder that a file is in. That of a bare file name is the empty path, in which no command can be run.
fn folder_of(file: &Path) -> &Path {
    let named = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Inventory, folder_of};
    use crate::case::SourceText;

    fn inventory(machines: usize) -> Result<Inventory, String> {
        let node = |number| format!("  - {{host: kvm{number}, address: 192.0.2.{number}}}\n");
        let nodes: String = (1..=machines).map(node).collect();
        let source = SourceText::new("lab.yaml", &format!("nodes:\n{nodes}"));
        Inventory::parse(&source).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn each_two_machines_make_a_lab_and_one_too_many_is_refused() {
        let four = inventory(4).unwrap();
        assert_eq!(four.labs(), 2);
        let hosts = |index| four.lab(index).nodes.into_iter().map(|node| node.host);
        assert_eq!(hosts(0).collect::<Vec<_>>(), ["kvm1", "kvm2"]);
        assert_eq!(hosts(1).collect::<Vec<_>>(), ["kvm3", "kvm4"]);
        let three = inventory(3).unwrap_err();
        assert_eq!(three, "each lab is made of 2 machines, and this names 3");
    }

    #[test]
    fn a_bare_file_name_lies_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("lab.yaml")), Path::new("."));
        assert_eq!(folder_of(Path::new("labs/lab.yaml")), Path::new("labs"));
        assert_eq!(folder_of(Path::new("/lab.yaml")), Path::new("/"));
    }
}
