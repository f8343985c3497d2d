use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::deliver::deliver;
use super::link::Link;
use super::pack::Payload;
use super::power;
use super::ssh::ssh;
use super::wire::{BROUGHT, Brought, CALLS, Request, Uplink};
use crate::history::NodeName;
use crate::lab::error::LabError;
use crate::lab::inventory::{Host, Inventory};
use crate::lab::local::Tree;
use crate::lab::setup::{BYSTANDER, LINKS, Part, SUBJECT};
use crate::lab::spec::LabSpec;
use crate::lab::subcommand::Hidden;
use crate::log;
use crate::shell_quote::quote_all;

/// How long a machine may take to raise its node, and to try KVM.
pub(super) const RAISING: Duration = Duration::from_secs(180);

/// How long a machine may take to boot.
const BOOTING: Duration = Duration::from_secs(300);

/// A machine and all that is needed to raise its node, as often as its power goes.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) node: NodeName,
    pub(super) host: Host,
    pub(super) inventory: Inventory,
    /// The socket of this machine that leads to its libvirtd.
    pub(super) libvirt: PathBuf,
    /// The socket of this machine to which the calls of a cluster come.
    pub(super) calls: PathBuf,
    spec: LabSpec,
    /// The names of the disks, and the sockets of this machine at which they are served.
    disks: Vec<(&'static str, PathBuf)>,
    payload: Payload,
    /// The number of the VXLAN.
    number: u32,
}

/// A machine whose relay answers.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) link: Arc<Link>,
    /// Where the files of this machine lie on that one.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
}

/// A machine's node that is up.
#[derive(Debug, Clone)]
pub(super) struct Up {
    pub(super) link: Arc<Link>,
    /// Where the files of this machine lie in the node.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
    /// The machine's id of the node's first process.
    pub(super) init: i32,
}

impl Site {
    pub(super) fn new(
        spec: &LabSpec,
        inventory: &Inventory,
        payload: &Payload,
        store: &Tree,
        number: u32,
        (node, host): (&NodeName, &Host),
    ) -> Self {
        let socket = |name: &str| store.file(&format!("nodes/{node}/run/vrt/{name}"));
        let served = |disk| socket(&format!("{disk}.sock"));
        Self {
            node: node.clone(),
            host: host.clone(),
            inventory: inventory.clone(),
            libvirt: store.file(&format!("{LINKS}/{node}")),
            calls: socket(CALLS),
            spec: spec.clone(),
            disks: [SUBJECT, BYSTANDER].map(|disk| (disk, served(disk))).into(),
            payload: payload.clone(),
            number,
        }
    }

    /// Brings the suite's programs to the machine and starts its relay. A machine that is not reached is given its power
    /// first, where the inventory says how: a run that was killed may have left it without.
    ///
    /// # Errors
    /// When it is not reached, or has no room.
    pub(super) fn reach(&self) -> Result<Reached, LabError> {
        match (self.try_reach(), &self.inventory.power) {
            (Err(LabError::Unreached { .. }), Some(_)) => {
                self.give_power()?;
                self.await_boot()
            }
            (tried, _) => tried,
        }
    }

    /// Gives the machine its power.
    ///
    /// # Errors
    /// When the inventory does not say how, or its command fails.
    pub(super) fn give_power(&self) -> Result<(), LabError> {
        let power = self.inventory.power.as_ref();
        let power = power.ok_or_else(|| LabError::NoPower(self.node.clone()))?;
        power::restore(&self.inventory, power, &self.host)
    }

    /// Waits until the machine is reached.
    ///
    /// # Errors
    /// When it has not booted in time.
    pub(super) fn await_boot(&self) -> Result<Reached, LabError> {
        let deadline = Instant::now() + BOOTING;
        loop {
            match self.try_reach() {
                Err(LabError::Unreached { .. } | LabError::Lost { .. })
                    if Instant::now() < deadline =>
                {
                    thread::sleep(Duration::from_secs(1));
                }
                tried => return tried,
            }
        }
    }

    fn try_reach(&self) -> Result<Reached, LabError> {
        let (inventory, host, spec) = (&self.inventory, &self.host, &self.spec);
        let files: Vec<PathBuf> = [&spec.program]
            .into_iter()
            .chain(&spec.bring)
            .chain(&self.payload.packages)
            .cloned()
            .collect();
        let delivered = deliver(inventory, host, &files)?;
        let folder = &delivered.folder;
        let libvirt = format!("{}:{folder}/libvirt", self.libvirt.display());
        let mut forwards = vec!["-L".to_owned(), libvirt];
        let to_harness = self.disks.iter().map(|(disk, served)| (*disk, served));
        let calls = spec.equipment.cluster.map(|_| (CALLS, &self.calls));
        for (name, here) in to_harness.chain(calls) {
            let socket = format!("{folder}/{name}:{}", here.display());
            forwards.extend(["-R".to_owned(), socket]);
        }
        let program = delivered
            .files
            .get(&spec.program)
            .cloned()
            .unwrap_or_default();
        let program = program.display().to_string();
        let words = inventory.become_root.iter().map(String::as_str);
        let words = words.chain([program.as_str(), Hidden::Relay.word(), folder]);
        let words = words.chain(log::filter_inside());
        let mut call = ssh(inventory, &forwards, host);
        call.arg(format!("exec {}", quote_all(words)));
        Ok(Reached {
            link: Link::open(&host.host, call)?,
            files: delivered.files,
        })
    }

    /// Raises the node.
    ///
    /// # Errors
    /// When something does not start there, or the connection is lost.
    pub(super) fn raise(&self, reached: Reached) -> Result<Up, LabError> {
        let Reached { link, mut files } = reached;
        let part = Part::Node(self.node.0.clone());
        let setup = self.spec.setup(part);
        let machines = self.inventory.nodes.iter().take(self.spec.nodes.len());
        let others = machines.filter(|other| other.host != self.host.host);
        let uplink = Uplink {
            number: self.number,
            own: self.host.address.clone(),
            others: others.map(|other| other.address.clone()).collect(),
        };
        let there = |file: &PathBuf| files.get(file).cloned();
        let brought = Brought {
            files: self.spec.bring.iter().filter_map(there).collect(),
            keys: self.payload.keys.clone(),
            packages: self.payload.packages.as_ref().and_then(there),
        };
        let raise = Request::Raise(setup, uplink, brought);
        let init = link.ask_for(&raise, RAISING)?;
        for file in &self.spec.bring {
            let name = file.file_name().unwrap_or_default();
            files.insert(file.clone(), Path::new(BROUGHT).join(name));
        }
        Ok(Up { link, files, init })
    }
}
