//! The lab's cables and its switch, and the harm done to them. All of it is done outside the nodes, where no agent
//! sees it.

use std::collections::BTreeSet;

use crate::lab::setup::{LabResult, LabSetup, NodeSetup, UPLINK};
use crate::lab::tool::run_tool;

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
    harmed: BTreeSet<(String, Harm)>,
}

/// What is wrong with a node's cable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    /// It is pulled.
    Cut,
    /// What is sent to the node is lost; what it sends arrives.
    Deaf,
    /// What is sent to the node comes slowly, in a lab that is so many times slower than usual.
    Slow(u32),
}

impl Network {
    /// Harms a node's cable as `how` says, or mends it: `whole`.
    pub(super) fn set(&mut self, lab: &LabSetup, node: &str, how: &[&str]) -> LabResult<()> {
        let unknown = || format!("a cable cannot be {}", how.join(" "));
        let harm = match how {
            ["cut"] => Harm::Cut,
            ["deaf"] => Harm::Deaf,
            ["slow", pace] => Harm::Slow(pace.parse().map_err(|_| unknown())?),
            ["whole"] => return self.mend(lab, node),
            _ => return Err(unknown()),
        };
        // Noted before it is done: what came about only in part is mended as well.
        if self.harmed.insert((node.to_owned(), harm)) {
            harm.bring_about(lab, node)?;
        }
        Ok(())
    }

    /// Undoes what was done; every reset asks for it, and most cables were never harmed.
    fn mend(&mut self, lab: &LabSetup, node: &str) -> LabResult<()> {
        let own = |(harmed, _): &(String, Harm)| harmed == node;
        let harms: Vec<_> = self.harmed.iter().filter(|one| own(one)).cloned().collect();
        self.harmed.retain(|one| !own(one));
        harms
            .iter()
            .map(|(_, harm)| harm.undo(lab, node))
            .fold(Ok(()), Result::and)
    }
}

impl Harm {
    fn bring_about(self, lab: &LabSetup, node: &str) -> LabResult<()> {
        let port = port(node);
        match self {
            Self::Cut => run_tool("ip", &["link", "set", &port, "down"]),
            Self::Deaf => misdirect(lab, node, "replace", &["static", "sticky"]),
            Self::Slow(pace) => {
                let rate = format!("{}bit", SLOW / pace.max(1));
                let queue = ["qdisc", "replace", "dev", &port, "root", "tbf"];
                // Room for single packets.
                let limits = ["rate", &rate, "burst", "16kb", "latency", "1s"];
                run_tool("tc", &[&queue[..], &limits].concat())
            }
        }
    }

    fn undo(self, lab: &LabSetup, node: &str) -> LabResult<()> {
        let port = port(node);
        match self {
            Self::Cut => run_tool("ip", &["link", "set", &port, "up"]),
            Self::Deaf => misdirect(lab, node, "del", &[]),
            Self::Slow(_) => run_tool("tc", &["qdisc", "del", "dev", &port, "root"]),
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

/// Plugs the way to the other machines into the switch.
pub(super) fn plug_in_uplink() -> LabResult<()> {
    run_tool("ip", &["link", "set", UPLINK, "master", "switch", "up"])
}

/// The switch's end of a node's cable.
pub(super) fn port(node: &str) -> String {
    format!("port-{node}")
}
