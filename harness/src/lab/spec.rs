use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::accel::Accel;
use super::inventory::Inventory;
use super::qemu;
use super::setup::{LabSetup, LaidOver, NodeSetup, OWN_FOLDERS, Part};
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
    /// What not every lab has. In a pool: what most of its labs have.
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
    /// Folders of this machine that are laid over places of the nodes.
    pub laid_over: Vec<LaidOver>,
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

    /// The same of a program, with what lies beside it: an agent may read functions from there. Of a folder of which each
    /// node has its own, or that holds such a folder, only the program is shown.
    #[must_use]
    pub fn showing_with_neighbours(self, program: &Path) -> Self {
        let holds_own = |folder: &Path| {
            let mut own = OWN_FOLDERS.iter();
            own.any(|(_, place, _)| Path::new(place).starts_with(folder))
        };
        let folder = program.parent().filter(|folder| !holds_own(folder));
        let beside = folder.map(beside).unwrap_or_default();
        let all = beside.iter().map(PathBuf::as_path).chain([program]);
        all.fold(self, Self::showing)
    }

    /// What the nodes of this machine are shown; this program too, which the stand-ins of tools are links to.
    fn shown(&self) -> Vec<PathBuf> {
        let here = self.machines.is_none();
        let all = if here {
            self.clone().showing(&self.program)
        } else {
            self.clone()
        };
        let mut show = all.show;
        // What holds another thing comes before it.
        show.sort();
        show
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
            laid_over: self.laid_over.clone(),
        };
        LabSetup {
            nodes: (1..).zip(&self.nodes).map(node).collect(),
            packages: self.packages.clone().filter(|_| part == Part::Whole),
            keys: None,
            part,
        }
    }
}

/// What is shown of a folder: the folder itself; where only its owner may look into it, all that it has, for agents that
/// run as somebody else.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let mode = folder.metadata().map(|found| found.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o001 != 0) {
        return vec![folder.to_owned()];
    }
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let there = entries.map(|entry| entry.path());
    there.filter(|path| path.exists()).collect()
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
            laid_over: Vec::new(),
            packages: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    fn shown(program: &Path) -> Vec<PathBuf> {
        let spec = LabSpec::default().showing_with_neighbours(program);
        spec.show
    }

    #[test]
    fn an_agent_in_a_folder_of_the_nodes_own_is_shown_with_its_neighbours() {
        let folder = tempfile::tempdir_in("/tmp").expect("a folder");
        let place = folder.path();
        let agent = place.join("vm.sh");
        for name in ["vm.sh", "functions"] {
            fs::write(place.join(name), "").expect("it can be written");
        }
        let allow = |mode| fs::set_permissions(place, Permissions::from_mode(mode));
        allow(0o755).expect("it is ours");
        assert_eq!(shown(&agent), [place, &agent]);
        allow(0o700).expect("it is ours");
        assert!(shown(&agent).contains(&place.join("functions")));
        assert!(!shown(&agent).contains(&place.to_owned()));
    }

    #[test]
    fn of_a_folder_that_each_node_has_its_own_of_only_the_agent_is_shown() {
        assert_eq!(shown(Path::new("/tmp/vm.sh")), [Path::new("/tmp/vm.sh")]);
        assert_eq!(shown(Path::new("/run/vm.sh")), [Path::new("/run/vm.sh")]);
        assert_eq!(shown(Path::new("/opt/vm.sh")), [] as [&Path; 0]);
    }
}
