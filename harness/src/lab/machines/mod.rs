//! Labs on whole machines that are reached by ssh: each raises one node of the lab.
//!
//! On each machine this same program ([`relay`]) builds what a local lab builds for a node: namespaces with a libvirtd
//! of their own, so nothing of the machine's own libvirt is seen or touched, faults and the proof of a reset are the
//! same, and all of it ends when the connection does. The disks stay on the harness's machine, where their logs
//! are: their sockets are forwarded. The nodes' networks meet in a VXLAN between the machines.

mod deliver;
mod facts;
mod link;
mod node;
mod pack;
mod power;
mod proxy;
mod raise;
pub(super) mod relay;
mod site;
mod ssh;
mod wire;

pub use facts::MachineFacts;
pub(super) use node::MachineNode;
pub(super) use raise::{Machines, Raised, raise};
