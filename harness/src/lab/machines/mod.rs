//! Labs on whole machines that are reached by ssh: each raises one node of the lab.
//!
//! The harness brings its own program to a machine and starts it there as a [`relay`], which grows the same process
//! tree as for a local lab, with one node in it, and does what the harness asks over the pipe of that one connection:
//! JSON, one line each. Faults, reset and their proofs are thus the same, nothing of the machine's own libvirt is seen
//! or touched, and all of it ends when the connection does. The machine's systemd units and sockets are not tried.
//!
//! - The **disks stay with the harness**, where their logs are. A second tree, without nodes, serves them; ssh forwards
//!   each node's sockets there and libvirt's here. So one clock tells who wrote when.
//! - **Every time in a history is the harness's own**: what a machine reports was true between question and answer.
//! - **Files** go to a cache on the machine, in a folder named by their digest, and only once: this program, the agent
//!   where it is not installed, and packages. No machine keeps the keys for TLS and ssh on its disk once its node is
//!   raised.
//! - The nodes' networks meet in a **VXLAN** between the machines; cables are cut at the node's own end.
//! - A **cluster** talks over a VXLAN of its own. What it calls in the nodes (`lab/call_server/`) comes to the harness
//!   by a forwarded socket too. Its daemons start when the networks meet.
//! - A relay ends at the end of its standard input, or after a minute without a word. **A lost connection** is an error
//!   of the lab: the case is `unknown`, the lab is thrown away, and the case is tried once more.
//! - **Pace**: after the bystanders run, libvirt alone starts the subject once on each node. Where that takes longer
//!   than a second, all times that a case gives are multiplied (`case/stretch.rs`), and the factor is in the history,
//!   so that `judge` decides by the same. Two machines under TCG with KVM inside are nine times slower.

mod deliver;
mod facts;
mod link;
mod node;
mod pack;
mod power;
mod power_control;
mod proxy;
mod raise;
pub(super) mod relay;
mod site;
mod ssh;
mod wire;

pub use facts::MachineFacts;
pub(super) use node::MachineNode;
pub(super) use raise::{Machines, Raised, raise};
