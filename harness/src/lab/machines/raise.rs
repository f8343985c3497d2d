use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use super::facts::{MachineFacts, now};
use super::node::MachineNode;
use super::pack::Payload;
use super::site::{RAISING, Reached, Site};
use super::wire::Request;
use crate::history::NodeName;
use crate::lab::accel::Accel;
use crate::lab::equipment::{self, Part};
use crate::lab::error::LabError;
use crate::lab::inventory::Inventory;
use crate::lab::lacks::Lacks;
use crate::lab::local::Tree;
use crate::lab::node::{Node, PartControl as _};
use crate::lab::request::{LabAnswer, LabRequest, Target};
use crate::lab::side_by_side::side_by_side;
use crate::lab::spec::LabSpec;
use crate::scheduler;

/// The machines' parts of a lab.
#[derive(Debug)]
pub(in crate::lab) struct Machines {
    /// In the order of the nodes.
    pub(super) nodes: Vec<Arc<MachineNode>>,
    facts: Vec<(NodeName, MachineFacts)>,
    /// Held while one loses its power.
    pub(super) cutting: Mutex<()>,
}

impl Machines {
    /// Whether all of them are still reached.
    pub(in crate::lab) fn are_alive(&self) -> bool {
        self.nodes.iter().all(|node| node.is_alive())
    }

    /// All nodes.
    pub(in crate::lab) fn nodes(&self) -> &[Arc<MachineNode>] {
        &self.nodes
    }

    /// Starts what of their equipment takes all nodes.
    ///
    /// # Errors
    /// When a daemon does not come up.
    pub(in crate::lab) fn start_what_takes_all(&self) -> Result<(), LabError> {
        side_by_side(&self.nodes, |node| node.revive_parts()).map(drop)
    }

    /// The node of that name.
    pub(in crate::lab) fn node(&self, name: &NodeName) -> Result<&MachineNode, LabError> {
        let found = self.nodes.iter().find(|node| node.name() == name);
        let found = found.ok_or_else(|| LabError::NoSuchNode(name.clone()))?;
        Ok(found)
    }

    /// What each machine is, for people.
    pub(in crate::lab) fn facts(&self) -> BTreeMap<NodeName, String> {
        let facts = self.facts.iter();
        facts
            .map(|(node, facts)| (node.clone(), facts.summary()))
            .collect()
    }

    /// What they cannot give to their nodes.
    pub(in crate::lab) fn lacks(&self) -> Lacks {
        let nowhere = |part: &&dyn Part| {
            let why = part.lacking_across_machines()?;
            Some((part.id(), why))
        };
        let mut lacks = Lacks {
            parts: equipment::ALL.iter().filter_map(nowhere).collect(),
            scheduler: scheduler::lacking(),
            ..Lacks::default()
        };
        if self.nodes.iter().any(|node| !node.has_power_switch()) {
            lacks.power = Some("the inventory of `--lab` has no `power`".to_owned());
        }
        for (node, facts) in &self.facts {
            let on_node = |why: &String| format!("{why} on {node}");
            let Lacks {
                parts,
                shells,
                post_copy,
                hanging_folder,
                power: _,
                scheduler: _,
            } = &facts.cannot;
            let parts = parts.iter().map(|(part, why)| (*part, on_node(why)));
            lacks.parts.extend(parts);
            let shells = shells.iter().map(|(shell, why)| (*shell, on_node(why)));
            lacks.shells.extend(shells);
            lacks.post_copy = lacks.post_copy.or_else(|| post_copy.as_ref().map(on_node));
            let no_folder = || hanging_folder.as_ref().map(on_node);
            lacks.hanging_folder = lacks.hanging_folder.or_else(no_folder);
            if facts.is_apart() {
                let why = format!(
                    "the clock of {node} is off, by which certificates are told to be valid"
                );
                let timed = equipment::ALL
                    .iter()
                    .filter(|part| part.needs_equal_clocks());
                lacks
                    .parts
                    .extend(timed.map(|part| (part.id(), why.clone())));
            }
        }
        lacks
    }

    /// Passes a request on: to the machine of the node that it names, or to all of them at once. The last one's answer.
    pub(in crate::lab) fn request(&self, request: &LabRequest) -> Result<LabAnswer, LabError> {
        let target = request.target();
        let is_meant = |name: &NodeName| match target {
            Target::Node(node) => node == name,
            Target::Nodes | Target::Store | Target::All => true,
        };
        let nodes = self.nodes.iter().filter(|node| is_meant(node.name()));
        let asked = Request::Lab(request.clone());
        let mut answers = side_by_side(nodes, |node| node.ask(&asked))?;
        Ok(answers.pop().unwrap_or_default())
    }
}

/// What was raised.
pub(in crate::lab) struct Raised {
    pub(in crate::lab) machines: Machines,
    /// What all of the machines can run guests' processors with.
    pub(in crate::lab) accel: Accel,
    /// The path of their emulators.
    pub(in crate::lab) emulator: String,
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
    let number = u32::try_from(RandomState::new().hash_one(store.pid()) & 0xff_fffe).unwrap_or(2);
    let payload = Payload::pack(spec, store)?;
    let hosts = spec.nodes.iter().zip(&inventory.nodes);
    let sites = hosts.map(|host| Site::new(spec, inventory, &payload, store, number, host));
    let reached = side_by_side(sites, |site| {
        let reached = site.reach()?;
        let facts = facts(&reached)?;
        Ok((site, reached, facts))
    })?;
    for (site, _, facts) in &reached {
        refuse(spec, site, facts)?;
    }
    let emulator = one_emulator(&reached)?;
    let all_kvm = reached.iter().all(|(.., facts)| facts.accel == Accel::Kvm);
    let best = if all_kvm { Accel::Kvm } else { Accel::Tcg };
    let raised = side_by_side(reached, |(site, reached, facts)| {
        let up = site.raise(reached)?;
        let facts = (site.node.clone(), facts);
        Ok((Arc::new(MachineNode::new(site, up)), facts))
    })?;
    let (nodes, facts): (Vec<_>, _) = raised.into_iter().unzip();
    Ok(Raised {
        machines: Machines {
            nodes,
            facts,
            cutting: Mutex::default(),
        },
        accel: spec.wanted.unwrap_or(best),
        emulator,
    })
}

/// The emulator's path on all machines: a guest that is migrated takes it along.
fn one_emulator(reached: &[(Site, Reached, MachineFacts)]) -> Result<String, LabError> {
    let mut paths = reached
        .iter()
        .map(|(site, _, facts)| (site, &facts.emulator));
    let Some((_, first)) = paths.next() else {
        return Ok(String::new());
    };
    match paths.find(|(_, path)| *path != first) {
        Some((site, path)) => Err(site.host.trouble(format!(
            "its emulator is {path} and that of the first machine {first}, so that no guest could be migrated"
        ))),
        None => Ok(first.clone()),
    }
}

/// Asks a machine what it is.
fn facts(reached: &Reached) -> Result<MachineFacts, LabError> {
    let mut facts: MachineFacts = reached.link.ask_for(&Request::Facts, RAISING)?;
    facts.behind = now() - facts.clock;
    Ok(facts)
}

/// Says why a machine cannot be used.
fn refuse(spec: &LabSpec, site: &Site, facts: &MachineFacts) -> Result<(), LabError> {
    let refused = |why| site.host.trouble(why);
    if let Some(lacks) = &facts.lacks {
        return Err(refused(lacks.clone()));
    }
    if spec.wanted == Some(Accel::Kvm) && facts.accel != Accel::Kvm {
        let why = "the witness guest does not run under KVM there";
        return Err(refused(why.to_owned()));
    }
    match facts.foreign.first() {
        Some(foreign) if !site.inventory.foreign_guests => Err(refused(format!(
            "guests run there that are not the suite's; it would not touch them, but they would slow it down: end them, \
             or write `foreign_guests: true` into the inventory: {}",
            foreign.chars().take(120).collect::<String>()
        ))),
        _ => Ok(()),
    }
}
