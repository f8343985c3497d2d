use std::io::BufRead;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

use super::disks::{fresh_disk, harm_disk};
use super::files::Beginning;
use super::furnish::configure;
use super::network::{self, Harm, Network};
use super::room;
use crate::history::NodeName;
use crate::lab::request::{LabAnswer, LabRequest};
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};
use crate::lab::tools::write_answer;

/// What the lab's first process knows while it serves.
struct Serving<'a> {
    lab: &'a LabSetup,
    beginning: Beginning,
    network: Network,
}

/// Carries out the harness's requests, line by line, until its end of the pipe closes.
pub(super) fn serve(lab: &LabSetup) -> LabResult<()> {
    let mut serving = Serving {
        lab,
        beginning: Beginning::default(),
        network: Network::default(),
    };
    let mut lines = std::io::stdin().lock();
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        let request = serde_json::from_str(&line).map_err(|error| error.to_string());
        write_answer(request.and_then(|request| serving.carry_out(request)));
        line.clear();
        reap();
    }
    Ok(())
}

impl Serving<'_> {
    fn carry_out(&mut self, request: LabRequest) -> LabResult<LabAnswer> {
        let mut changed_files = Vec::new();
        match request {
            LabRequest::PlugInUplinks => network::plug_in_uplinks(self.lab)?,
            LabRequest::Cable { node, cable, pace } => {
                let harm = Harm { node, cable, pace };
                self.network.set(self.lab, &harm)?;
            }
            LabRequest::Disk { node, harm } => harm_disk(&node, harm)?,
            LabRequest::Room {
                node,
                is_there: true,
            } => room::give(self.node(&node)?)?,
            LabRequest::Room { node, .. } => room::take(self.node(&node)?)?,
            LabRequest::RememberFiles => self.beginning = Beginning::now(self.lab),
            LabRequest::RestoreFiles => self.beginning.restore(self.lab)?,
            LabRequest::ChangedFiles { node } => {
                changed_files = self.beginning.changes(self.node(&node)?);
            }
            LabRequest::Configure => {
                let mut nodes = self.lab.raised();
                nodes.try_for_each(|node| configure(node, self.lab))?;
            }
            LabRequest::Reach => self.lab.nodes.iter().try_for_each(reach)?,
            LabRequest::RenewDisks => fresh_disk(self.lab)?,
        }
        Ok(LabAnswer { changed_files })
    }

    fn node(&self, name: &NodeName) -> LabResult<&NodeSetup> {
        let node = self.lab.nodes.iter().find(|node| node.name == name.0);
        node.ok_or_else(|| format!("the lab has no node {name}"))
    }
}

/// Connects to a node's libvirtd over the lab's network, as another node's would for a migration.
fn reach(node: &NodeSetup) -> LabResult<()> {
    let failed = |error: &dyn std::fmt::Display| {
        format!(
            "node {} is not reached over the lab's network: {error}",
            node.name
        )
    };
    let address = SocketAddr::from((node.address(), node.equipment.transport.port()));
    let connected = TcpStream::connect_timeout(&address, Duration::from_secs(5));
    connected.map(|_| ()).map_err(|error| failed(&error))
}

/// This process runs no tool now, so every process that has ended is an orphan.
fn reap() {
    while !matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Ok(WaitStatus::StillAlive) | Err(_)
    ) {}
}
