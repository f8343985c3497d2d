use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::accel::Accel;
use super::capabilities::Capabilities;
use super::domain::{self, DomainSpec};
use super::error::LabError;
use super::guest::{self, GuestDo, Record};
use super::init::{
    LEASE, LEASES, LOCKED_DISK, OWN_FOLDERS, Part, SHARED, SUBJECT, UNICODE, VISIBLE,
};
use super::lacks::Lacks;
use super::launch::{check, setup};
use super::local_node::LocalNode;
use super::machines::{Inventory, MachineNode, Machines, Raised, raise};
use super::node::{Node, until};
use super::side_by_side::side_by_side;
use super::tree::Tree;
use super::{libvirt, locks};
use crate::history::{Daemons, Guest, Lock, NodeName, Transport};

/// What sets one lab apart from another: a case is given a lab that was built with what it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Equipment {
    /// The lock on a second disk of the subject, which it only has for that.
    pub lock: Option<Lock>,
    /// How the nodes' libvirt daemons reach each other: by this alone.
    pub transport: Transport,
    /// Those daemons, where they are not what their machine usually has.
    pub daemons: Option<Daemons>,
}

/// What a lab is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabSpec {
    /// The program whose hidden subcommands run inside; it calls [`super::init::dispatch`] first.
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
}

impl Default for LabSpec {
    /// This program, two nodes `a` and `b`, and the accelerator that works everywhere.
    fn default() -> Self {
        Self {
            program: std::env::current_exe().unwrap_or_default(),
            nodes: vec!["a".into(), "b".into()],
            accel: Accel::Tcg,
            emulator: domain::emulator(),
            equipment: Equipment::default(),
            machines: None,
            wanted: None,
            bring: Vec::new(),
            show: Vec::new(),
            packages: None,
        }
    }
}

/// How long a guest's start may take that is not slow: twice what it takes under TCG on a processor that others use too.
const USUAL_START: Duration = Duration::from_secs(1);

/// The most that cases are stretched: a slower lab serves nobody.
const SLOWEST: u32 = 12;

/// The name of the fact that says what the lab's processes have of whoever called the harness.
pub(crate) const KEPT: &str = "inherited";

/// A lab. Dropped, it is gone with all its processes, mounts and networks.
#[derive(Debug)]
pub struct Lab {
    spec: LabSpec,
    ground: Ground,
    nodes: Vec<Arc<dyn Node>>,
    pace: u32,
    unicode: bool,
    /// The bystanders' incarnations, in the order of the nodes.
    pub(super) bystanders: Vec<Record>,
}

/// What a lab stands on.
#[derive(Debug)]
enum Ground {
    /// Everything in one process tree of this machine.
    Here(Tree),
    /// The disks in one, the nodes on other machines, which end first.
    There(Machines, Tree),
}

impl Lab {
    /// Builds a lab, with libvirtd answering and a bystander running on each node.
    ///
    /// # Errors
    /// When a tool or a permission is missing, or something does not start.
    pub fn start(spec: &LabSpec) -> Result<Self, LabError> {
        Self::start_knowing(spec, &Capabilities::default())
    }

    /// The same, where another lab's libvirt has found out about this machine's QEMU.
    pub(super) fn start_knowing(spec: &LabSpec, known: &Capabilities) -> Result<Self, LabError> {
        check(spec.machines.is_none())?;
        let mut lab = match &spec.machines {
            None => Self::here(spec, known)?,
            Some(inventory) => Self::there(spec, inventory)?,
        };
        lab.start_bystanders()?;
        if let Ground::There(..) = lab.ground {
            lab.request("reach").map_err(|error| LabError::NotUp {
                why: format!(
                    "{error}; the machines must reach each other by their addresses in the inventory, at UDP port 4789"
                ),
            })?;
            lab.pace = lab.measure_pace()?;
        }
        lab.unicode = lab.has_unicode()?;
        lab.request("remember")?;
        Ok(lab)
    }

    fn here(spec: &LabSpec, known: &Capabilities) -> Result<Self, LabError> {
        let tree = Tree::grow(&spec.program, &setup(spec, Part::Whole), known)?;
        let node = |node: &LocalNode| Arc::new(node.clone()) as Arc<dyn Node>;
        Ok(Self {
            spec: spec.clone(),
            nodes: tree.nodes().iter().map(node).collect(),
            ground: Ground::Here(tree),
            pace: 1,
            unicode: false,
            bystanders: Vec::new(),
        })
    }

    fn there(spec: &LabSpec, inventory: &Inventory) -> Result<Self, LabError> {
        let setup = setup(spec, Part::Store);
        let store = Tree::grow(&spec.program, &setup, &Capabilities::default())?;
        let Raised {
            machines,
            nodes,
            accel,
            emulator,
        } = raise(spec, inventory, &store)?;
        Ok(Self {
            spec: LabSpec {
                accel,
                emulator,
                ..spec.clone()
            },
            nodes,
            ground: Ground::There(machines, store),
            pace: 1,
            unicode: false,
            bystanders: Vec::new(),
        })
    }

    fn start_bystanders(&mut self) -> Result<(), LabError> {
        let domain = self.bystander();
        side_by_side(&self.nodes, |node| libvirt::run_domain(&**node, &domain))?;
        for node in &self.nodes {
            let mut records = Vec::new();
            until(&format!("the bystander of {} writes", node.name()), || {
                records = self.bystander_records(node.name()).unwrap_or_default();
                !records.is_empty()
            })?;
            self.bystanders.extend(records.first());
        }
        Ok(())
    }

    /// Starts the subject by libvirt alone on each node, ends it again, and compares the longest time with the usual one.
    fn measure_pace(&self) -> Result<u32, LabError> {
        let mut longest = Duration::ZERO;
        for node in &self.nodes {
            let began = Instant::now();
            libvirt::run_domain(&**node, &self.subject())?;
            longest = longest.max(began.elapsed());
            libvirt::clear_domains(&**node, &self.bystander().uuid)?;
        }
        self.request("disk")?;
        let times = longest.as_millis().div_ceil(USUAL_START.as_millis());
        Ok(u32::try_from(times).unwrap_or(u32::MAX).clamp(1, SLOWEST))
    }

    /// Whether every node has the locale that knows all characters and no country.
    fn has_unicode(&self) -> Result<bool, LabError> {
        for node in &self.nodes {
            let found: Vec<_> = UNICODE
                .iter()
                .map(|folder| node.mode(Path::new(folder)))
                .collect::<Result<_, _>>()?;
            if found.iter().all(Option::is_none) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether agents can be run in the locale `C.UTF-8`.
    #[must_use]
    pub const fn knows_unicode(&self) -> bool {
        self.unicode
    }

    /// What libvirt has found out about this machine's QEMU; nothing where the nodes are on others.
    pub(super) fn capabilities(&self) -> Capabilities {
        let raised = self.tree().nodes().first();
        raised.map(LocalNode::capabilities).unwrap_or_default()
    }

    /// How many times slower than usual the lab is: cases give so many times the time. 1 in local labs.
    #[must_use]
    pub const fn pace(&self) -> u32 {
        self.pace
    }

    /// What the lab was made of.
    #[must_use]
    pub const fn spec(&self) -> &LabSpec {
        &self.spec
    }

    /// The id of the lab's first process on this machine.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.tree().pid()
    }

    /// Whether it has not ended by itself.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let machines = match &self.ground {
            Ground::Here(_) => true,
            Ground::There(machines, _) => machines.are_alive(),
        };
        machines && self.tree().is_alive()
    }

    /// The process tree of this machine, which has the disks.
    const fn tree(&self) -> &Tree {
        let (Ground::Here(tree) | Ground::There(_, tree)) = &self.ground;
        tree
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Arc<dyn Node>] {
        &self.nodes
    }

    /// One node.
    ///
    /// # Errors
    /// When the lab has no such node.
    pub fn node(&self, name: &NodeName) -> Result<&dyn Node, LabError> {
        let found = self.nodes.iter().find(|node| node.name() == name);
        found
            .map(|node| &**node)
            .ok_or_else(|| LabError::NoSuchNode(name.clone()))
    }

    /// The domain that the agent under test is given; no node knows it at first.
    #[must_use]
    pub fn subject(&self) -> DomainSpec {
        DomainSpec {
            lock: self.spec.equipment.lock,
            ..DomainSpec::subject(self.spec.accel, &self.spec.emulator)
        }
    }

    /// Where it is seen whether a node holds the lab's lock; none when the lab has no lock.
    #[must_use]
    pub fn lock(&self, node: &NodeName) -> Option<locks::Place> {
        let nodes = self.tree().nodes();
        let index = nodes.iter().position(|found| found.name() == node)?;
        let node = nodes.get(index)?;
        let lock = self.spec.equipment.lock?;
        let shared = |file: &str| self.tree().file(file);
        let file = match lock {
            Lock::Image | Lock::Virtlockd => shared(&format!("{SHARED}/{LOCKED_DISK}")),
            Lock::Sanlock => shared(&format!("{LEASES}/{LEASE}")),
            Lock::OwnImage => node.outside(&Path::new(VISIBLE).join(LOCKED_DISK)),
        };
        Some(locks::Place {
            lock,
            file,
            host: index as u64 + 1,
            proc: node.outside(Path::new("/proc")),
        })
    }

    /// The guest of each node that nobody may touch.
    #[must_use]
    pub fn bystander(&self) -> DomainSpec {
        DomainSpec::bystander(self.spec.accel, &self.spec.emulator)
    }

    /// What a report shows of the lab: `accelerator`, and of nodes on other machines what these are.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, String> {
        let accelerator = self.spec.accel.name().to_owned();
        let mut facts = BTreeMap::from([("accelerator".to_owned(), accelerator)]);
        if let Ground::There(machines, _) = &self.ground {
            facts.extend(machines.facts());
        }
        let kept = self.tree().kept();
        if !kept.is_empty() {
            facts.insert(KEPT.to_owned(), kept.join(" and "));
        }
        if self.pace > 1 {
            facts.insert("pace".to_owned(), self.pace.to_string());
        }
        facts
    }

    /// What the lab cannot give to its nodes, of what only some cases need.
    #[must_use]
    pub fn lacks(&self) -> Lacks {
        match &self.ground {
            Ground::Here(_) => Lacks::here(),
            Ground::There(machines, _) => machines.lacks(),
        }
    }

    /// The disk of a guest, as the harness reaches it; the subject's is the same on every node.
    #[must_use]
    pub fn disk(&self, node: &NodeName, guest: Guest) -> PathBuf {
        match guest {
            Guest::Bystander => self.tree().file(&format!("store/{node}")),
            Guest::Subject | Guest::Stranger => self.tree().file(&format!("store/{SUBJECT}")),
        }
    }

    /// Tells the subject's guest something.
    ///
    /// # Errors
    /// When its disk cannot be written.
    pub fn guest_command(&self, what: GuestDo) -> Result<(), LabError> {
        let disk = self.tree().file(&format!("store/{SUBJECT}"));
        guest::command(&disk, what).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation that has written to the subject's disk since the reset.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn guest_records(&self) -> Result<Vec<Record>, LabError> {
        let disk = self.tree().file(&format!("store/{SUBJECT}"));
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation of a node's bystander.
    ///
    /// # Errors
    /// When its disk cannot be read.
    pub fn bystander_records(&self, node: &NodeName) -> Result<Vec<Record>, LabError> {
        let disk = self.tree().file(&format!("store/{node}"));
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The log of a node's disk server: every request with its offset, times in UTC.
    ///
    /// A reset empties it, so whoever follows it begins at 0 again.
    #[must_use]
    pub fn write_log(&self, node: &NodeName, guest: Guest) -> PathBuf {
        match guest {
            Guest::Bystander => self.tree().file(&format!("log/bystander-{node}")),
            Guest::Subject | Guest::Stranger => self.tree().file(&format!("log/{SUBJECT}-{node}")),
        }
    }

    /// Cuts the power of a node's machine. A lab that this was done to is not reset, but replaced.
    ///
    /// # Errors
    /// When it has none of its own, or the inventory's command has no effect.
    pub fn cut_power(&self, node: &NodeName) -> Result<(), LabError> {
        self.machine(node)?.cut_power()
    }

    /// Gives a node's machine its power again, by the inventory's command.
    ///
    /// # Errors
    /// When it has none of its own, or the command fails.
    pub fn give_power(&self, node: &NodeName) -> Result<(), LabError> {
        self.machine(node)?.give_power()
    }

    /// Raises a node, without its bystander, once its machine has booted.
    ///
    /// # Errors
    /// When it does not come up, or the others do not reach it.
    pub fn raise_again(&self, node: &NodeName) -> Result<(), LabError> {
        self.machine(node)?.raise_again()?;
        self.request("reach")?;
        Ok(())
    }

    /// The machine of a node, if it is one of its own.
    fn machine(&self, node: &NodeName) -> Result<&MachineNode, LabError> {
        match &self.ground {
            Ground::Here(_) => Err(LabError::NoPower(node.clone())),
            Ground::There(machines, _) => machines.node(node),
        }
    }

    /// The first node whose power was cut.
    pub(super) fn lost_power(&self) -> Option<&NodeName> {
        match &self.ground {
            Ground::Here(_) => None,
            Ground::There(machines, _) => machines.lost_power(),
        }
    }

    /// The UUIDs of a node's domains, and whether each runs.
    ///
    /// # Errors
    /// When libvirt does not answer.
    pub fn domains(&self, node: &dyn Node) -> Result<Vec<(String, bool)>, LabError> {
        libvirt::domains(node)
    }

    /// Files of a node that were not there, or are no longer, compared with the lab's beginning.
    ///
    /// # Errors
    /// When the lab does not answer.
    pub fn changed_files(&self, node: &NodeName) -> Result<Vec<String>, LabError> {
        let answer = self.request(&format!("changes {node}"))?;
        let unreadable = |error: serde_json::Error| LabError::NotAnswering {
            request: "changes".to_owned(),
            why: error.to_string(),
        };
        serde_json::from_str(&answer).map_err(unreadable)
    }

    /// Asks the lab for something; what follows `ok` in its answer.
    pub(super) fn request(&self, request: &str) -> Result<String, LabError> {
        match &self.ground {
            Ground::Here(tree) => tree.request(request),
            Ground::There(_, store) if request.starts_with("disk-server") => store.request(request),
            Ground::There(machines, store) => {
                let answer = machines.request(request)?;
                if request == "disk" {
                    store.request(request)?;
                }
                Ok(answer)
            }
        }
    }
}

fn file_error(path: &Path, source: std::io::Error) -> LabError {
    LabError::File {
        place: "the lab's store".to_owned(),
        path: path.to_owned(),
        source,
    }
}
