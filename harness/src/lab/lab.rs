use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::{Span, debug, debug_span};

use super::call_server::{CallServer, CallSocket};
use super::capabilities::Capabilities;
use super::domain::DomainSpec;
use super::equipment::{self, LockFile, LockSite, Part};
use super::error::LabError;
use super::guest::Record;
use super::hypervisor::{self, Hypervisor};
use super::inventory::Inventory;
use super::lacks::Lacks;
use super::local::{LocalNode, Tree};
use super::machines::{MachineNode, Machines, Raised, raise};
use super::node::{Node, PowerControl};
use super::pairs::Pair;
use super::processor_time;
use super::request::{LabAnswer, LabRequest, Target};
use super::required::check;
use super::setup::{self, UNICODE};
use super::spec::LabSpec;
use crate::cluster_call::{FOLDER, SOCKET};
use crate::history::{LabFacts, NodeName};

/// How long a guest's start may take that is not slow: twice what it takes under TCG on a processor that others use too.
const USUAL_START: Duration = Duration::from_secs(1);

/// Upper bound of the time factor: slower labs aren't worth using.
const SLOWEST: u32 = 12;

/// A lab. Dropped, it is gone with all its processes, mounts and networks.
#[derive(Debug)]
pub struct Lab {
    spec: LabSpec,
    /// What serves the cluster's calls, where the nodes are a cluster. It ends before they do.
    calls: Option<CallServer>,
    ground: Ground,
    nodes: Vec<Arc<dyn Node>>,
    pace: u32,
    unicode: bool,
    /// The bystanders' incarnations, in the order of the nodes.
    pub(super) bystanders: Vec<Record>,
    /// Its machines among those of its pool. The last field: they are free when all else has ended.
    pub(super) _pair: Option<Pair>,
}

/// Where a lab is.
#[derive(Debug)]
enum Ground {
    /// Everything in one process tree of this machine.
    Here(Arc<Tree>),
    /// The disks in one, the nodes on other machines, which end first.
    There(Arc<Machines>, Arc<Tree>),
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
        let began = Instant::now();
        let mut lab = match &spec.machines {
            None => Self::here(spec, known)?,
            Some(inventory) => Self::there(spec, inventory)?,
        };
        let _span = lab.span().entered();
        lab.start_bystanders(known)?;
        debug!("the bystanders run");
        if let Ground::There(..) = lab.ground {
            lab.pace = lab.measure_pace()?;
            debug!(pace = lab.pace, "the pace is measured");
        }
        lab.unicode = lab.has_unicode()?;
        lab.request(&LabRequest::RememberFiles)?;
        debug!(took = ?began.elapsed(), "the lab is up");
        Ok(lab)
    }

    fn here(spec: &LabSpec, known: &Capabilities) -> Result<Self, LabError> {
        let tree = Tree::grow(&spec.program, &spec.setup(setup::Part::Whole), known)?;
        let tree = Arc::new(tree);
        let node = |node: &LocalNode| Arc::new(node.clone()) as Arc<dyn Node>;
        let nodes: Vec<_> = tree.nodes().iter().map(node).collect();
        let power = Arc::clone(&tree) as Arc<dyn PowerControl>;
        let call_socket = |node: &LocalNode| node.outside(&Path::new(FOLDER).join(SOCKET));
        let sockets = tree.nodes().iter().map(call_socket);
        Ok(Self {
            calls: hear_calls(spec, &power, nodes.iter().zip(sockets))?,
            spec: spec.clone(),
            nodes,
            ground: Ground::Here(tree),
            pace: 1,
            unicode: false,
            bystanders: Vec::new(),
            _pair: None,
        })
    }

    fn there(spec: &LabSpec, inventory: &Inventory) -> Result<Self, LabError> {
        let setup = spec.setup(setup::Part::Store);
        let store = Tree::grow(&spec.program, &setup, &Capabilities::default())?;
        let Raised {
            machines,
            accel,
            emulator,
        } = raise(spec, inventory, &store)?;
        let machines = Arc::new(machines);
        machines.request(&LabRequest::Reach).map_err(|error| LabError::NotUp {
            why: format!(
                "{error}; the machines must reach each other by their addresses in the inventory, at UDP port 4789"
            ),
        })?;
        let node = |node: &Arc<MachineNode>| Arc::clone(node) as Arc<dyn Node>;
        let nodes: Vec<_> = machines.nodes().iter().map(node).collect();
        let power = Arc::clone(&machines) as Arc<dyn PowerControl>;
        let sockets = machines.nodes().iter();
        let sockets = sockets.map(|node| node.call_socket().to_owned());
        let calls = hear_calls(spec, &power, nodes.iter().zip(sockets))?;
        machines.start_what_takes_all()?;
        Ok(Self {
            spec: LabSpec {
                accel,
                emulator,
                ..spec.clone()
            },
            calls,
            nodes,
            ground: Ground::There(machines, Arc::new(store)),
            pace: 1,
            unicode: false,
            bystanders: Vec::new(),
            _pair: None,
        })
    }

    /// Starts the subject by libvirt alone on each node, ends it again, and compares the longest time with the usual one.
    fn measure_pace(&self) -> Result<u32, LabError> {
        let mut longest = Duration::ZERO;
        for node in &self.nodes {
            let began = Instant::now();
            self.hypervisor().run_domain(&**node, &self.subject())?;
            longest = longest.max(began.elapsed());
            self.hypervisor()
                .clear_domains(&**node, &self.bystander().uuid)?;
        }
        self.request(&LabRequest::RenewDisks)?;
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

    /// Names the lab in what is logged within.
    pub(super) fn span(&self) -> Span {
        debug_span!("lab", id = self.tree().id())
    }

    /// The id of the lab's first process on this machine.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.tree().pid()
    }

    /// The processor time that it has taken so far; on other machines that of its disks alone.
    pub(super) fn processor_time(&self) -> Duration {
        processor_time::of_tree(self.tree().id().cast_signed())
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
    pub(super) fn tree(&self) -> &Tree {
        let (Ground::Here(tree) | Ground::There(_, tree)) = &self.ground;
        tree
    }

    /// What serves the cluster's calls; none where the nodes are no cluster.
    #[must_use]
    pub const fn calls(&self) -> Option<&CallServer> {
        self.calls.as_ref()
    }

    /// What runs its guests.
    #[must_use]
    pub const fn hypervisor(&self) -> &'static dyn Hypervisor {
        hypervisor::of_labs(&self.spec.equipment)
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
        Ok(&**self.shared_node(name)?)
    }

    /// One node, for those who outlive their borrow of the lab.
    ///
    /// # Errors
    /// When the lab has no such node.
    pub fn shared_node(&self, name: &NodeName) -> Result<&Arc<dyn Node>, LabError> {
        let found = self.nodes.iter().find(|node| node.name() == name);
        found.ok_or_else(|| LabError::NoSuchNode(name.clone()))
    }

    /// The domain that the agent under test is given; no node knows it at first.
    #[must_use]
    pub fn subject(&self) -> DomainSpec {
        let parts = equipment::parts(&self.spec.equipment);
        DomainSpec {
            locked_disk: parts.into_iter().find_map(Part::locked_disk),
            ..DomainSpec::subject(self.spec.accel, &self.spec.emulator)
        }
    }

    /// Where it is seen whether a node holds the lab's lock; none when the lab has no lock.
    #[must_use]
    pub fn lock(&self, node: &NodeName) -> Option<LockSite> {
        let mut nodes = (1..).zip(self.tree().nodes());
        let (host, node) = nodes.find(|(_, found)| found.name() == node)?;
        let parts = equipment::parts(&self.spec.equipment).into_iter();
        let (part, file) = { parts }.find_map(|part| part.lock_file().map(|file| (part, file)))?;
        let file = match file {
            LockFile::Lab(path) => self.tree().file(&path),
            LockFile::Node(path) => node.outside(&path),
        };
        let proc = node.outside(Path::new("/proc"));
        Some(LockSite::new(part, file, host, proc))
    }

    /// The guest of each node that nobody may touch.
    #[must_use]
    pub fn bystander(&self) -> DomainSpec {
        DomainSpec::bystander(self.spec.accel, &self.spec.emulator)
    }

    /// What a history tells of the lab.
    #[must_use]
    pub fn facts(&self) -> LabFacts {
        let machines = match &self.ground {
            Ground::Here(_) => BTreeMap::new(),
            Ground::There(machines, _) => machines.facts(),
        };
        LabFacts {
            accelerator: Some(self.spec.accel.name().to_owned()),
            pace: self.pace,
            machines,
            inherited: self.tree().kept().to_vec(),
            ..LabFacts::default()
        }
    }

    /// What the lab cannot give to its nodes, of what only some cases need.
    #[must_use]
    pub fn lacks(&self) -> Lacks {
        match &self.ground {
            Ground::Here(_) => Lacks::here(),
            Ground::There(machines, _) => machines.lacks(),
        }
    }

    /// The machine of a node, where it is one of its own.
    pub(super) fn machine(&self, node: &NodeName) -> Result<Option<&MachineNode>, LabError> {
        match &self.ground {
            Ground::Here(_) => Ok(None),
            Ground::There(machines, _) => machines.node(node).map(Some),
        }
    }

    /// The power of its nodes.
    pub(super) fn power(&self) -> &dyn PowerControl {
        match &self.ground {
            Ground::Here(tree) => &**tree,
            Ground::There(machines, _) => &**machines,
        }
    }

    /// Files of a node that were not there, or are no longer, compared with the lab's beginning.
    ///
    /// # Errors
    /// When the lab does not answer.
    pub fn changed_files(&self, node: &NodeName) -> Result<Vec<String>, LabError> {
        let node = node.clone();
        let answer = self.request(&LabRequest::ChangedFiles { node })?;
        Ok(answer.changed_files)
    }

    /// Asks the lab for something.
    pub(super) fn request(&self, request: &LabRequest) -> Result<LabAnswer, LabError> {
        match &self.ground {
            Ground::Here(tree) => tree.request(request),
            Ground::There(machines, store) => match request.target() {
                Target::Store => store.request(request),
                Target::Nodes | Target::Node(_) => machines.request(request),
                Target::All => {
                    machines.request(request)?;
                    store.request(request)
                }
            },
        }
    }
}

/// Begins to serve what the nodes' cluster calls, at the socket of each; none where they are no cluster.
fn hear_calls<'a>(
    spec: &LabSpec,
    power: &Arc<dyn PowerControl>,
    nodes: impl Iterator<Item = (&'a Arc<dyn Node>, PathBuf)>,
) -> Result<Option<CallServer>, LabError> {
    if spec.equipment.cluster.is_none() {
        return Ok(None);
    }
    let socket = |(node, path): (&Arc<dyn Node>, PathBuf)| CallSocket {
        node: Arc::clone(node),
        path,
    };
    CallServer::start(Arc::downgrade(power), nodes.map(socket)).map(Some)
}
