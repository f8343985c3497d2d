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
mod bystanders;
mod cable;
mod call_server;
mod capabilities;
mod cgroups;
mod command;
mod container;
mod disk_harm;
mod disks;
mod domain;
mod emulator;
mod equipment;
mod error;
pub mod guest;
mod harm;
mod held;
mod hidden;
mod hypervisor;
mod init;
mod inventory;
#[expect(clippy::module_inception, reason = "it is what a lab is")]
mod lab;
mod lacks;
mod laid_over;
mod local;
mod machines;
mod mount;
mod node;
mod pairs;
mod pool;
mod pressure;
mod process;
pub(crate) mod process_table;
mod processor_time;
pub(crate) mod qemu;
mod qmp;
mod queue;
mod request;
mod required;
mod reset;
mod setup;
mod shell;
mod side_by_side;
mod spec;
mod subcommand;
pub mod subordinate;
mod tools;
mod wait;

pub use accel::{Accel, Boots};
pub use cable::Cable;
pub use call_server::{
    AgentInCluster, CallServer, ClusterObserver, ClusterRun, FencingHarm, RunEnd, RunFilter,
    ScriptedAnswer,
};
pub use command::{Command, Finished, Running};
pub(crate) use container::lxc_config;
pub use disk_harm::DiskHarm;
pub use domain::{DomainSpec, LockedDisk};
pub use emulator::Emulator;
pub(crate) use equipment::qemu_driver;
pub(crate) use equipment::{ALL as EQUIPMENT, Part};
pub use equipment::{LockSite, lacking, libvirt_version};
pub use error::LabError;
pub use guest::{GuestDo, GuestMode, GuestOnce, Record};
pub use held::Holder;
pub use hidden::dispatch;
pub use hypervisor::{
    Connection, DomainSeen, Domains, Footprint, Hypervisor, LiveMigration, MigrationLimit,
    MigrationSide, NoAnswer, OperatorAction, RuntimeRecord, Way,
};
pub use inventory::{Host, Inventory};
pub use lab::Lab;
pub use lacks::Lacks;
pub use machines::MachineFacts;
pub use node::{
    CommandRunner, DaemonAction, DaemonControl, Entry, FileAccess, Node, PartControl,
    ProcessControl,
};
pub use pool::{LabPool, Lease};
pub use process::Process;
pub use qmp::{QmpAnswer, QmpCommand};
pub use required::check;
pub use setup::LaidOver;
pub(crate) use setup::PACKAGED;
pub(crate) use shell::SH;
pub use spec::LabSpec;
