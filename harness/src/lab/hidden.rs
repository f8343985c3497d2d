//! The hidden subcommands: what this same binary does inside a lab's namespaces, and on machines that ssh reaches.
//!
//! `unshare` makes the namespaces, since a process with threads cannot enter a user namespace. What it
//! starts is this binary again: [`init::lab`] is the lab's first process, [`init::node`] a node's, which
//! executes the harness's commands ([`init::exec`]).

use std::ffi::OsString;
use std::process::ExitCode;

use tracing::debug;

use super::init::{self, write_answer, write_line};
use super::machines::relay;
use super::setup::LabResult;
use super::subcommand::Hidden;
use super::{Lab, LabSpec};
use crate::log;

/// Runs a hidden subcommand if the arguments name one; `main` calls this before all else.
///
/// `args` are the arguments after the program's name.
pub fn dispatch(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args
        .into_iter()
        .map(|arg| arg.to_string_lossy().into_owned());
    let hidden = Hidden::named(&args.next()?)?;
    let argument = args.next().unwrap_or_default();
    if let Some(filter) = args.next() {
        log::start_inside(&filter);
    }
    let ended = match hidden {
        Hidden::LabInit => init::lab::run(&argument),
        Hidden::NodeInit => init::node::run(),
        Hidden::Daemon => init::node::start_again(&argument),
        Hidden::LockDaemon => init::node::start_lock_daemon(&argument),
        Hidden::ShellDaemon => init::node::start_sshd(),
        Hidden::Sanlock => init::sanlock::become_daemon(&argument),
        Hidden::Relay => relay::run(&argument),
        Hidden::HoldLab => hold(),
    };
    Some(match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            debug!("{} failed: {trouble}", hidden.word());
            match hidden {
                Hidden::LabInit | Hidden::NodeInit => write_answer(Err::<(), _>(trouble)),
                _ => write_line(&trouble),
            }
            ExitCode::FAILURE
        }
    })
}

/// Keeps one lab up until standard input ends, for tests that kill the harness.
fn hold() -> LabResult<()> {
    let lab = Lab::start(&LabSpec::default()).map_err(|error| error.to_string())?;
    write_line(&format!("holding {}", lab.pid()));
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    drop(lab);
    Ok(())
}
