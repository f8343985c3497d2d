//! The hidden subcommands: what this same binary does inside the lab's namespaces.
//!
//! `unshare` makes the namespaces, since a process with threads cannot enter a user namespace. What it
//! starts is this binary again: [`lab`] is the lab's first process,
//! [`node`] a node's, which executes the harness's commands ([`exec`]).

mod cluster;
mod drivers;
mod exec;
mod first_processor;
mod invoker;
mod keys;
mod lab;
mod mount;
mod network;
mod node;
mod room;
mod sanlock;
mod serve;
mod setup;

use super::machines;
use std::ffi::OsString;
use std::process::ExitCode;

pub(super) use exec::{Ended, FAILED, SOCKET as COMMANDS, STARTED};
pub(super) use lab::OWN_FOLDERS;
pub(super) use network::UPLINK;
pub(super) use node::{SANLOCK, VIRTLOCKD};
pub(super) use sanlock::{LEASE, LEASES};
pub(crate) use setup::PACKAGED;
pub(super) use setup::run as tool;
pub(super) use setup::{
    FIRMWARE, KEYS, LINKS, LOCKED_DISK, LabSetup, NodeSetup, PATH, Part, SHARED, SUBJECT, UNICODE,
    VISIBLE,
};

/// Runs a hidden subcommand if the arguments name one; `main` calls this before all else.
///
/// `args` are the arguments after the program's name.
pub fn dispatch(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args
        .into_iter()
        .map(|arg| arg.to_string_lossy().into_owned());
    let command = args.next()?;
    let argument = args.next().unwrap_or_default();
    let ended = match command.as_str() {
        "__lab-init" => lab::run(&argument),
        "__node-init" => node::run(&argument),
        "__daemon" => node::start_again(&argument),
        "__lock-daemon" => node::start_lock_daemon(&argument),
        "__shell-daemon" => node::start_sshd(),
        "__sanlock" => sanlock::become_daemon(&argument),
        "__relay" => machines::relay::run(&argument),
        "__hold-lab" => lab::hold(),
        _ => return None,
    };
    Some(match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            setup::tell(&format!("failed {trouble}"));
            ExitCode::FAILURE
        }
    })
}
