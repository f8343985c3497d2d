//! Pacemaker over corosync in the nodes, as the distribution has them and without systemd.
//!
//! Folders, configuration and order of the daemons are chosen for a start of one second; `configuration.rs` and
//! `daemons.rs` say why. Corosync talks over a network of its own, so harm to the guests' network leaves the cluster
//! whole. Which node becomes the DC is chance where both start at once (the controllers compare their processor
//! times), so the others start when the first one is the DC, and a lab whose DC is another is not reset but replaced.
//!
//! Pacemaker reboots its *machine* when it panics: no node can reach the kernel's sysrq (`mount::proc`). The reboot(2) that
//! follows ends the PID namespace of its caller and nothing else (pid_namespaces(7)), which is the node. Before version 3
//! `PCMK_trace_functions=pcmk__panic` lets the daemon end instead.

mod called;
mod cib;
mod configuration;
mod daemons;
mod quiet;
mod view;
mod wake;

use super::part::{Part, PartNode};
use crate::equipment::{Cluster, PartId};
use crate::installed;
use crate::lab::error::LabError;
use crate::lab::mount;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};
use crate::lab::tools::{make_folder, write_file};
use daemons::{COROSYNC, PACEMAKERD};

/// Pacemaker, by the programs that a lab calls.
#[derive(Debug)]
pub(super) struct Pacemaker;

/// What a lab calls: the daemons, and the tools.
const PROGRAMS: [&str; 10] = [
    COROSYNC,
    "corosync-cfgtool",
    PACEMAKERD,
    "cibadmin",
    "crmadmin",
    "crm_attribute",
    "crm_mon",
    "crm_resource",
    "crm_simulate",
    "stonith_admin",
];

/// Its folders in a node's home, each with a tmpfs of its own: what the daemons write there belongs to no case, and a
/// node that is full for an agent is not full for the cluster.
const FOLDERS: [&str; 3] = ["pacemaker", "var-log/pacemaker", "shm"];

impl Part for Pacemaker {
    fn id(&self) -> PartId {
        PartId::Cluster(Cluster::Pacemaker)
    }

    fn name(&self) -> &'static str {
        "Pacemaker"
    }

    fn lacking(&self) -> Option<String> {
        let daemons = || daemons::folder().err();
        let user = || daemons::owner().err();
        let version = || installed::unfit_pacemaker(PACEMAKERD);
        installed::missing(&PROGRAMS)
            .or_else(daemons)
            .or_else(user)
            .or_else(version)
    }

    fn remedy(&self) -> Option<&'static str> {
        installed::unfit_pacemaker(PACEMAKERD).map(|_| "a version 2 or 3 of Pacemaker")
    }

    fn waits_for_others(&self) -> bool {
        true
    }

    fn starts_beside(&self) -> bool {
        true
    }

    fn furnish(&self, node: &NodeSetup, lab: &LabSetup) -> LabResult<()> {
        daemons::give_to_owner(&node.home().join("run/crm"), 0o750)?;
        let folder = called::folder(node);
        make_folder(&folder, 0o755)?;
        called::show_program(node)?;
        let write = |name, text: String| write_file(&folder.join(name), text.as_bytes());
        write(
            configuration::COROSYNC_CONF,
            configuration::corosync(&lab.nodes),
        )?;
        write(configuration::SEED, configuration::seed(&lab.nodes))
    }

    fn mount(&self, node: &NodeSetup) -> LabResult<()> {
        for folder in FOLDERS {
            mount::tmpfs(&node.home().join(folder), "1777")?;
        }
        let state = node.home().join("pacemaker");
        for folder in ["cib", "pengine", "blackbox", "cores"] {
            make_folder(&state.join(folder), 0o750)?;
            daemons::give_to_owner(&state.join(folder), 0o750)?;
        }
        make_folder(&state.join("corosync"), 0o700)?;
        daemons::give_to_owner(&state, 0o755)?;
        called::show_agents(node)?;
        daemons::give_to_owner(&node.home().join("var-log/pacemaker"), 0o770)
    }

    fn start(&self, node: &NodeSetup) -> LabResult<()> {
        daemons::start(node)
    }

    fn owns(&self, name: &str, _by_init: bool) -> bool {
        name == COROSYNC || name.starts_with("pacemaker")
    }

    fn clear(&self, node: &dyn PartNode) -> Result<(), LabError> {
        quiet::take_out(node)
    }

    fn release(&self, node: &dyn PartNode) -> Result<(), LabError> {
        quiet::prove(node)
    }

    fn kill(&self, node: &dyn PartNode) -> Result<(), LabError> {
        // First what would start the others again.
        node.end_daemon(PACEMAKERD)?;
        node.end_all("pacemaker")?;
        node.end_daemon(COROSYNC)
    }

    fn revive(&self, node: &dyn PartNode) -> Result<(), LabError> {
        if [COROSYNC, PACEMAKERD]
            .iter()
            .all(|name| node.own_daemon(name).is_some())
        {
            return Ok(());
        }
        self.kill(node)?;
        node.start_part(self.id())
    }
}
