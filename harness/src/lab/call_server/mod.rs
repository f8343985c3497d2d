//! Serves what a cluster calls in its nodes (`crate::cluster_call`): the resource agent, the alert agent and the fence
//! agent. A node of another machine reaches its socket here by ssh.
//!
//! The lab owns the server from its start, and a case attaches an observer for its time. Without one agents just run.
//! During a reset no agent runs: `stop` succeeds and `monitor` finds nothing, since the lab has ended the guests itself.

mod calling_node;
mod connection;
mod fence_device;
mod observer;
mod runs;
mod script;
mod server;
mod shared;

pub use fence_device::FencingHarm;
pub use observer::{AgentInCluster, ClusterObserver, ClusterRun, RunEnd};
pub use script::{RunFilter, ScriptedAnswer};
pub use server::CallServer;
pub(super) use server::CallSocket;
