//! Where cases run: two nodes, one shared disk, one guest under test, one bystander a node.
//!
//! A local lab is one process tree in Linux namespaces of its own, with real libvirt and real QEMU.
//! Its first process ends when the harness's end of a pipe closes, so the kernel clears a lab
//! away whatever ended the harness. Nothing of it lies on the host's disk.
//!
//! A node sees the host's files read-only, but for folders of its own: /run, /tmp, /var/tmp, /dev/shm, /var/log,
//! /var/cache, what heartbeat and Pacemaker keep in /var/lib, and libvirt's four. In /run/vrt are the sockets of its disk servers (`subject.sock`,
//! `bystander.sock`) and `shared`, one folder for all nodes. The nodes' libvirtd listen for
//! `qemu+tcp://NODE/system`, or are reached by the other transport that the lab was built with, and by that alone.

mod accel;
mod cable;
mod callers;
mod capabilities;
pub mod daemons;
mod disk_harm;
mod domain;
mod emulator;
mod error;
mod exec;
pub mod guest;
mod harm;
mod held;
pub mod init;
mod lacks;
mod launch;
mod libvirt;
pub(crate) mod line;
mod local;
mod local_node;
pub mod locks;
mod machines;
mod node;
mod output;
mod pool;
mod pressure;
mod process;
mod reset;
mod shell;
mod side_by_side;
pub mod subordinate;
pub(crate) mod table;
pub mod transports;
mod tree;

pub use accel::{Accel, Boots};
pub use cable::Cable;
pub use disk_harm::DiskHarm;
pub use domain::DomainSpec;
pub use emulator::Emulator;
pub use error::LabError;
pub use exec::{Command, Finished, Running};
pub use guest::{GuestDo, GuestMode, GuestOnce, Record};
pub use held::Holder;
pub(crate) use init::PACKAGED;
pub use lacks::Lacks;
pub use launch::check;
pub(crate) use libvirt::ask_libvirt;
pub(crate) use local::KEPT;
pub use local::{Equipment, Lab, LabSpec};
pub use machines::{Host, Inventory, MachineFacts};
pub use node::{DaemonDo, Entry, Node};
pub use pool::{LabPool, Lease};
pub use process::Process;
pub(crate) use shell::SH;
