//! The inside of a lab: its first process, which builds everything, and the first process of each node.

mod cluster;
mod disks;
pub(super) mod exec;
mod files;
mod furnish;
mod invoker;
mod keys;
pub(super) mod lab;
mod laid_over;
mod network;
pub(super) mod node;
mod room;
mod serve;
mod started_node;
