//! A process tree of this machine, seen from outside: its first process, its nodes, and what is done to them.

mod as_node;
mod callers;
mod commands;
mod emulator;
mod files;
mod guests_daemon;
mod launch;
mod neighbours;
mod node;
mod part_node;
mod power;
mod power_cut;
mod processes;
mod running;
mod tree;

pub(super) use node::LocalNode;
pub(super) use tree::Tree;
