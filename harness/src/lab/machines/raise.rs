use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::deliver::deliver;
use super::facts::{MachineFacts, now};
use super::inventory::{Host, Inventory};
use super::link::Link;
use super::node::MachineNode;
use super::ssh::ssh;
use super::wire::{BROUGHT, Request, Uplink};
use crate::history::NodeName;
use crate::lab::accel::Accel;
use crate::lab::error::LabError;
use crate::lab::init::{LINKS, LabSetup, Part, SUBJECT};
use crate::lab::launch::setup;
use crate::lab::local::LabSpec;
use crate::lab::node::Node;
use crate::lab::side_by_side::side_by_side;
use crate::lab::tree::Tree;
use crate::words::all_quoted;

/// How long a machine may take to raise its node, and to try KVM.
const RAISING: Duration = Duration::from_secs(180);

/// The machines' parts of a lab.
#[derive(Debug)]
pub(in crate::lab) struct Machines {
    /// In the order of the nodes.
    links: Vec<(NodeName, Arc<Link>)>,
    facts: Vec<(NodeName, MachineFacts)>,
}

impl Machines {
    /// Whether all of them are still reached.
    pub(in crate::lab) fn are_alive(&self) -> bool {
        self.links.iter().all(|(_, link)| link.is_alive())
    }

    /// What each machine is, by its node's name.
    pub(in crate::lab) fn facts(&self) -> impl Iterator<Item = (String, String)> {
        let told =
            |(node, facts): &(NodeName, MachineFacts)| (format!("node {node}"), facts.told());
        self.facts.iter().map(told)
    }

    /// Passes a request on: to the machine of the node that it names, or to all of them. The last one's answer.
    pub(in crate::lab) fn request(&self, request: &str) -> Result<String, LabError> {
        let mut words = request.split(' ').skip(1);
        let named = words.next();
        let meant = |name: &NodeName| named.is_none_or(|named| named == name.0);
        let mut answer = String::new();
        for (_, link) in self.links.iter().filter(|(name, _)| meant(name)) {
            answer = link.ask(&Request::Lab(request.to_owned()))?;
        }
        Ok(answer)
    }
}

/// What was raised.
pub(in crate::lab) struct Raised {
    pub(in crate::lab) machines: Machines,
    pub(in crate::lab) nodes: Vec<Arc<dyn Node>>,
    /// What all of the machines can run guests' processors with.
    pub(in crate::lab) accel: Accel,
}

/// A machine whose relay answers, before its node is raised.
struct Reached {
    node: NodeName,
    host: Host,
    link: Arc<Link>,
    libvirt: PathBuf,
    files: BTreeMap<PathBuf, PathBuf>,
    facts: MachineFacts,
}

/// Raises a node on each machine. The disks are in `store`.
///
/// # Errors
/// When a machine is not reached, lacks something, or runs guests that are not the suite's.
pub(in crate::lab) fn raise(
    spec: &LabSpec,
    inventory: &Inventory,
    store: &Tree,
) -> Result<Raised, LabError> {
    let hosts = spec.nodes.iter().zip(&inventory.nodes);
    let reached = side_by_side(hosts, |(node, host)| {
        reach(spec, inventory, store, node, host)
    })?;
    for machine in &reached {
        refuse(spec, inventory, machine)?;
    }
    let all_kvm = reached.iter().all(|it| it.facts.accel == Accel::Kvm);
    let best = if all_kvm { Accel::Kvm } else { Accel::Tcg };
    let accel = spec.wanted.unwrap_or(best);
    let number = u32::try_from(RandomState::new().hash_one(store.pid()) & 0xff_ffff).unwrap_or(1);
    let nodes = side_by_side(reached.iter(), |machine| {
        let part = Part::Node(machine.node.0.clone());
        let setup: LabSetup = setup(spec, part);
        let others = inventory.nodes.iter().take(spec.nodes.len());
        let others = others.filter(|other| other.host != machine.host.host);
        let uplink = Uplink {
            number,
            own: machine.host.address.clone(),
            others: others.map(|other| other.address.clone()).collect(),
        };
        let brought = spec.bring.iter().filter_map(|file| machine.files.get(file));
        let raise = Request::Raise(setup, uplink, brought.cloned().collect());
        let init = machine.link.ask_for(&raise, RAISING)?;
        let mut files = machine.files.clone();
        for file in &spec.bring {
            let name = file.file_name().unwrap_or_default();
            files.insert(file.clone(), Path::new(BROUGHT).join(name));
        }
        Ok(Arc::new(MachineNode {
            name: machine.node.clone(),
            link: Arc::clone(&machine.link),
            libvirt: machine.libvirt.clone(),
            files,
            init,
            inventory: inventory.clone(),
            host: machine.host.clone(),
        }) as Arc<dyn Node>)
    })?;
    let (links, facts) = reached
        .into_iter()
        .map(|it| ((it.node.clone(), it.link), (it.node, it.facts)))
        .unzip();
    Ok(Raised {
        machines: Machines { links, facts },
        nodes,
        accel,
    })
}

/// Brings the suite's programs to a machine, starts its relay, and asks for the facts.
fn reach(
    spec: &LabSpec,
    inventory: &Inventory,
    store: &Tree,
    node: &NodeName,
    host: &Host,
) -> Result<Reached, LabError> {
    let files: Vec<PathBuf> = [&spec.program]
        .into_iter()
        .chain(&spec.bring)
        .cloned()
        .collect();
    let delivered = deliver(inventory, host, &files)?;
    let folder = &delivered.folder;
    let libvirt = store.file(&format!("{LINKS}/{node}"));
    let mut forwards = vec![
        "-L".to_owned(),
        format!("{}:{folder}/libvirt", libvirt.display()),
    ];
    for disk in [SUBJECT, "bystander"] {
        let served = store.file(&format!("nodes/{node}/run/vrt/{disk}.sock"));
        forwards.extend([
            "-R".to_owned(),
            format!("{folder}/{disk}:{}", served.display()),
        ]);
    }
    let program = delivered
        .files
        .get(&spec.program)
        .cloned()
        .unwrap_or_default();
    let program = program.display().to_string();
    let words = inventory.become_root.iter().map(String::as_str);
    let words = words.chain([program.as_str(), "__relay", folder]);
    let mut call = ssh(inventory, &forwards, host);
    call.arg(format!("exec {}", all_quoted(words)));
    let link = Link::open(&host.host, call)?;
    let mut facts: MachineFacts = link.ask_for(&Request::Facts, RAISING)?;
    facts.behind = now() - facts.clock;
    Ok(Reached {
        node: node.clone(),
        host: host.clone(),
        link,
        libvirt,
        files: delivered.files,
        facts,
    })
}

/// Says why a machine cannot be used.
fn refuse(spec: &LabSpec, inventory: &Inventory, machine: &Reached) -> Result<(), LabError> {
    let refused = |why: String| LabError::Machine {
        host: machine.host.host.clone(),
        why,
    };
    if let Some(lacks) = &machine.facts.lacks {
        return Err(refused(lacks.clone()));
    }
    if spec.wanted == Some(Accel::Kvm) && machine.facts.accel != Accel::Kvm {
        let why = "the witness guest does not run under KVM there";
        return Err(refused(why.to_owned()));
    }
    match machine.facts.foreign.first() {
        Some(foreign) if !inventory.foreign_guests => Err(refused(format!(
            "guests run there that are not the suite's; it would not touch them, but they would slow it down: end them, \
             or write `foreign_guests: true` into the inventory: {}",
            foreign.chars().take(120).collect::<String>()
        ))),
        _ => Ok(()),
    }
}
