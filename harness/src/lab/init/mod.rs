//! The inside of a lab: its first process, which builds everything, and the first process of each node.

mod cluster;
mod disks;
mod drivers;
pub(super) mod exec;
mod files;
mod first_processor;
mod furnish;
mod invoker;
mod keys;
pub(super) mod lab;
mod mount;
mod network;
pub(super) mod node;
mod room;
pub(super) mod sanlock;
mod serve;
mod started_node;
mod tools;

pub(super) use tools::{write_answer, write_line};
