//! The lab's cables and its switch, and the harm done to them, all outside the nodes, where no agent sees it.
//!
//! A cut pulls a cable. A deaf node has a wrong, sticky entry in the switch's table of addresses, so that what it is
//! sent is lost and what it sends arrives. A slow one has a token bucket (`tbf`) before its cable. No packet filter is
//! needed, and neither `netem` nor `matchall`, which kernels for containers often lack. A reset of the connections is
//! `ss --kill` in the node (`CONFIG_INET_DIAG_DESTROY`); where it closes none the case is `unknown`.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::history::NodeName;
use crate::lab::cable::Cable;
use crate::lab::setup::{CLUSTER_UPLINK, LabResult, LabSetup, NETWORK_BITS, NodeSetup, UPLINK};
use crate::lab::tools::run_tool;

/// The bridge between the guests' nodes.
pub(super) const SWITCH: &str = "switch";

/// The bridge between the members of the cluster: harm to the other one leaves them connected.
pub(super) const CLUSTER_SWITCH: &str = "ring";

/// What reaches a node over a slow cable, in bits a second.
const SLOW: u32 = 1_000_000;

/// Gives the network namespaces that are made from now on tables of TCP connections of their own, of so many places.
/// The machine's has hundreds of thousands, and all are looked at whenever a node's connections are listed.
pub(super) fn keep_tables_small() {
    // Kernels before 6.1 have it not, and only take longer.
    let _ = std::fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", "512");
}

/// The harm done to the nodes' cables so far.
#[derive(Default)]
pub(super) struct Network {
    harmed: BTreeSet<Harm>,
}

/// What is wrong with a node's cable.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Harm {
    pub(super) node: NodeName,
    pub(super) cable: Cable,
    /// How many times slower than usual the lab is.
    pub(super) pace: u32,
}

impl Network {
    /// Harms a node's cable, or undoes all that was done to it.
    pub(super) fn set(&mut self, lab: &LabSetup, harm: &Harm) -> LabResult<()> {
        if harm.cable == Cable::Whole {
            return self.mend(lab, &harm.node);
        }
        // Noted before it is done: what came about only in part is mended as well.
        if self.harmed.insert(harm.clone()) {
            harm.bring_about(lab)?;
        }
        Ok(())
    }

    /// Undoes what was done; every reset asks for it, and most cables were never harmed.
    fn mend(&mut self, lab: &LabSetup, node: &NodeName) -> LabResult<()> {
        let harms: Vec<Harm> = self
            .harmed
            .iter()
            .filter(|harm| harm.node == *node)
            .cloned()
            .collect();
        self.harmed.retain(|harm| harm.node != *node);
        harms
            .iter()
            .map(|harm| harm.undo(lab))
            .fold(Ok(()), Result::and)
    }
}

impl Harm {
    fn bring_about(&self, lab: &LabSetup) -> LabResult<()> {
        let port = port(&self.node.0);
        match self.cable {
            Cable::Whole => Ok(()),
            Cable::Cut => run_tool("ip", &["link", "set", &port, "down"]),
            Cable::RingCut => run_tool("ip", &["link", "set", &ring_port(&self.node.0), "down"]),
            Cable::Deaf => misdirect(lab, &self.node.0, "replace", &["static", "sticky"]),
            Cable::Slow => {
                let rate = format!("{}bit", SLOW / self.pace.max(1));
                let queue = ["qdisc", "replace", "dev", &port, "root", "tbf"];
                // Room for single packets.
                let limits = ["rate", &rate, "burst", "16kb", "latency", "1s"];
                run_tool("tc", &[&queue[..], &limits].concat())
            }
        }
    }

    fn undo(&self, lab: &LabSetup) -> LabResult<()> {
        let port = port(&self.node.0);
        match self.cable {
            Cable::Whole => Ok(()),
            Cable::Cut => run_tool("ip", &["link", "set", &port, "up"]),
            Cable::RingCut => run_tool("ip", &["link", "set", &ring_port(&self.node.0), "up"]),
            Cable::Deaf => misdirect(lab, &self.node.0, "del", &[]),
            Cable::Slow => run_tool("tc", &["qdisc", "del", "dev", &port, "root"]),
        }
    }
}

/// Lets the switch believe that a node is behind the other's cable: frames to it go there and are lost. `sticky`
/// keeps the switch from learning better of the frames that the node itself sends.
fn misdirect(lab: &LabSetup, name: &str, verb: &str, how: &[&str]) -> LabResult<()> {
    let named = |node: &&NodeSetup| node.name == name;
    let node = lab.nodes.iter().find(named);
    let other = lab.nodes.iter().find(|node| !named(node));
    let (Some(node), Some(other)) = (node, other) else {
        return Err(format!("the lab has no node beside {name}"));
    };
    let raised_here = lab.raised().any(|raised| raised.name == other.name);
    let wrong = match raised_here {
        true => port(&other.name),
        false => UPLINK.to_owned(),
    };
    let hardware = node.hardware();
    let args = [&["fdb", verb, &hardware, "dev", &wrong, "master"], how].concat();
    run_tool("bridge", &args)
}

/// Makes a bridge.
pub(super) fn make_bridge(name: &str) -> LabResult<()> {
    run_tool("ip", &["link", "add", name, "type", "bridge"])?;
    run_tool("ip", &["link", "set", name, "up"])
}

/// A cable between a node and a bridge.
pub(super) struct Wire<'a> {
    pub(super) bridge: &'a str,
    /// The bridge's end.
    pub(super) port: String,
    /// The node's end, and its hardware address.
    pub(super) device: &'a str,
    pub(super) hardware: String,
}

impl Wire<'_> {
    /// All that a node has.
    pub(super) fn all(node: &NodeSetup) -> Vec<Self> {
        let guests = Self {
            bridge: SWITCH,
            port: port(&node.name),
            device: DEVICE,
            hardware: node.hardware(),
        };
        let cluster = || Self {
            bridge: CLUSTER_SWITCH,
            port: ring_port(&node.name),
            device: CLUSTER_DEVICE,
            hardware: node.cluster_hardware(),
        };
        let has_cluster = node.equipment.cluster.is_some();
        [guests]
            .into_iter()
            .chain(has_cluster.then(cluster))
            .collect()
    }

    /// Makes it, with one end in the network of the process `pid`.
    pub(super) fn plug_in(&self, pid: &str) -> LabResult<()> {
        let cable = ["link", "add", &self.port, "type", "veth", "peer", "name"];
        let end = [self.device, "address", &self.hardware, "netns", pid];
        run_tool("ip", &[&cable[..], &end].concat())?;
        let port = ["link", "set", &self.port, "master", self.bridge, "up"];
        run_tool("ip", &port)
    }
}

/// In the node: gives its devices their addresses.
pub(super) fn connect(node: &NodeSetup) -> LabResult<()> {
    run_tool("ip", &["link", "set", "lo", "up"])?;
    up(DEVICE, node.address())?;
    match node.equipment.cluster {
        Some(_) => up(CLUSTER_DEVICE, node.cluster_address()),
        None => Ok(()),
    }
}

fn up(device: &str, address: Ipv4Addr) -> LabResult<()> {
    let address = format!("{address}/{NETWORK_BITS}");
    run_tool("ip", &["address", "add", &address, "dev", device])?;
    run_tool("ip", &["link", "set", device, "up"])
}

/// A node's network device.
const DEVICE: &str = "eth0";

/// A node's network device in the cluster's network.
const CLUSTER_DEVICE: &str = "eth1";

/// Plugs the ways to the other machines into the bridges.
pub(super) fn plug_in_uplinks(lab: &LabSetup) -> LabResult<()> {
    let plug_in = |uplink, bridge| run_tool("ip", &["link", "set", uplink, "master", bridge, "up"]);
    plug_in(UPLINK, SWITCH)?;
    match lab.equipment().cluster {
        Some(_) => plug_in(CLUSTER_UPLINK, CLUSTER_SWITCH),
        None => Ok(()),
    }
}

/// The switch's end of a node's cable.
pub(super) fn port(node: &str) -> String {
    format!("port-{node}")
}

/// The same in the cluster's network.
fn ring_port(node: &str) -> String {
    format!("ring-{node}")
}
