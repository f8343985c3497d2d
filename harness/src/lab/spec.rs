use std::path::{Path, PathBuf};

use super::accel::Accel;
use super::inventory::Inventory;
use super::qemu;
use super::setup::{LabSetup, NodeSetup, OWN_FOLDERS, Part};
use crate::equipment::Equipment;
use crate::history::NodeName;

/// What a lab is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabSpec {
    /// The program whose hidden subcommands run inside; it calls [`super::hidden::dispatch`] first.
    pub program: PathBuf,
    /// The nodes' names, which are their host names.
    pub nodes: Vec<NodeName>,
    /// What runs the guests' processors.
    pub accel: Accel,
    /// The emulator's path on the nodes.
    pub emulator: String,
    /// What not every lab has.
    pub equipment: Equipment,
    /// The machines that raise the nodes; none when they are raised here.
    pub machines: Option<Inventory>,
    /// What those machines are to run the guests' processors with; by default what all of them can.
    pub wanted: Option<Accel>,
    /// Files that are brought to those machines: an agent under test, say.
    pub bring: Vec<PathBuf>,
    /// Files and folders in /tmp, /var/log and others that the nodes have of their own, which they shall see at the same
    /// place, read-only: an agent under test, say.
    pub show: Vec<PathBuf>,
    /// A folder that holds packages of agents, unpacked: the nodes see its folders [`PACKAGED`] in the place of the
    /// machine's own, on other machines too.
    ///
    /// [`PACKAGED`]: super::PACKAGED
    pub packages: Option<PathBuf>,
}

impl LabSpec {
    /// Shows the nodes also what lies in a folder of which each of them has its own.
    #[must_use]
    pub fn showing(mut self, path: &Path) -> Self {
        if OWN_FOLDERS
            .iter()
            .any(|(_, folder, _)| path.starts_with(folder))
        {
            self.show.push(path.to_owned());
        }
        self
    }

    /// What the nodes of this machine are shown; this program too, which the stand-ins of tools are links to.
    fn shown(&self) -> Vec<PathBuf> {
        let here = self.machines.is_none();
        let all = if here {
            self.clone().showing(&self.program)
        } else {
            self.clone()
        };
        all.show
    }

    /// What the first process on a machine has to build.
    pub(super) fn setup(&self, part: Part) -> LabSetup {
        let show = self.shown();
        let node = |(number, name): (u8, &NodeName)| NodeSetup {
            name: name.0.clone(),
            number,
            equipment: self.equipment,
            alone: matches!(part, Part::Node(_)),
            show: show.clone(),
        };
        LabSetup {
            nodes: (1..).zip(&self.nodes).map(node).collect(),
            packages: self.packages.clone().filter(|_| part == Part::Whole),
            keys: None,
            part,
        }
    }
}

impl Default for LabSpec {
    /// This program, two nodes `a` and `b`, and the accelerator that works everywhere.
    fn default() -> Self {
        Self {
            program: std::env::current_exe().unwrap_or_default(),
            nodes: NodeName::ALL.map(NodeName::from).to_vec(),
            accel: Accel::Tcg,
            emulator: qemu::path(),
            equipment: Equipment::default(),
            machines: None,
            wanted: None,
            bring: Vec::new(),
            show: Vec::new(),
            packages: None,
        }
    }
}
