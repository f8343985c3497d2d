use std::io::BufRead;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

use super::disks::{fresh_disk, harm_disk};
use super::files::Beginning;
use super::furnish::configure;
use super::network::{self, Network};
use super::room;
use super::tools::write_line;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};

/// What the lab's first process knows while it serves.
struct Serving<'a> {
    lab: &'a LabSetup,
    beginning: Beginning,
    network: Network,
}

/// Obeys the harness line by line until its end of the pipe closes.
///
/// Each request is answered by one line: `ok` and perhaps more, or `failed` and why.
pub(super) fn serve(lab: &LabSetup) -> LabResult<()> {
    let mut serving = Serving {
        lab,
        beginning: Beginning::default(),
        network: Network::default(),
    };
    let mut requests = std::io::stdin().lock();
    let mut line = String::new();
    while requests.read_line(&mut line).is_ok_and(|read| read > 0) {
        match serving.obey(line.trim()) {
            Ok(answer) => write_line(format!("ok {answer}").trim()),
            Err(trouble) => write_line(&format!("failed {trouble}")),
        }
        line.clear();
        reap();
    }
    Ok(())
}

impl Serving<'_> {
    fn obey(&mut self, request: &str) -> LabResult<String> {
        let words: Vec<&str> = request.split(' ').collect();
        let done = match words[..] {
            ["uplink"] => network::plug_in_uplink(),
            ["network", node, ref how @ ..] => self.network.set(self.lab, node, how),
            ["disk-server", node, how] => harm_disk(node, how),
            ["room", node, "none"] => self.node(node).and_then(room::take),
            ["room", node, "usual"] => self.node(node).and_then(room::give),
            ["remember"] => {
                self.beginning = Beginning::now(self.lab);
                Ok(())
            }
            ["configure"] => self
                .lab
                .raised()
                .try_for_each(|node| configure(node, self.lab)),
            ["changes", node] => {
                let changes = self.beginning.changes(self.node(node)?);
                return serde_json::to_string(&changes).map_err(|error| error.to_string());
            }
            ["reach"] => self.lab.nodes.iter().try_for_each(reach),
            ["wipe"] => self.beginning.restore(self.lab),
            ["disk"] => fresh_disk(self.lab),
            _ => Err(format!("the lab does not understand `{request}`")),
        };
        done.map(|()| String::new())
    }

    fn node(&self, name: &str) -> LabResult<&NodeSetup> {
        let node = self.lab.nodes.iter().find(|node| node.name == name);
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
    let address = SocketAddr::from((node.address(), node.transport.port()));
    let connected = TcpStream::connect_timeout(&address, Duration::from_secs(5));
    connected.map(|_| ()).map_err(|error| failed(&error))
}

/// No tool of this process's own is running here, so whoever has ended is an orphan.
fn reap() {
    while !matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Ok(WaitStatus::StillAlive) | Err(_)
    ) {}
}
