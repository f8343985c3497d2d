//! The hidden subcommands: what this same binary does inside a lab's namespaces, and on machines that ssh reaches.
//!
//! `unshare` makes the namespaces, since a process with threads cannot enter a user namespace. What it
//! starts is this binary again: [`init::lab`] is the lab's first process, [`init::node`] a node's, which
//! executes the harness's commands ([`init::exec`]).

use std::ffi::OsString;
use std::process::ExitCode;

use tracing::debug;

use super::equipment::{self, Part};
use super::init;
use super::machines::relay;
use super::setup::{LabResult, NodeSetup};
use super::subcommand::{Hidden, PartCall};
use super::tools::{write_answer, write_line};
use super::{Lab, LabSpec};
use crate::equipment::Equipment;
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
        Hidden::StartPart => of_part(&argument, |part, node| part.start(node)),
        Hidden::BecomePart => of_part(&argument, |part, node| part.become_daemon(node)),
        Hidden::Relay => relay::run(&argument),
        Hidden::HoldLab => hold(&argument),
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

/// Does something with the part that an argument names, in this node.
fn of_part(
    argument: &str,
    act: impl FnOnce(&dyn Part, &NodeSetup) -> LabResult<()>,
) -> LabResult<()> {
    let call: PartCall = serde_json::from_str(argument).map_err(|error| error.to_string())?;
    let part = equipment::find(call.part).ok_or_else(|| format!("no file has {}", call.part))?;
    act(part, &call.node)
}

/// Keeps one lab up until standard input ends, for tests that kill the harness.
///
/// `argument` is the lab's equipment in JSON; the usual one where it is empty.
fn hold(argument: &str) -> LabResult<()> {
    let equipment = match argument {
        "" => Equipment::default(),
        given => serde_json::from_str(given).map_err(|error| error.to_string())?,
    };
    let spec = LabSpec {
        equipment,
        ..LabSpec::default()
    };
    let lab = Lab::start(&spec).map_err(|error| error.to_string())?;
    write_line(&format!("holding {}", lab.pid()));
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    drop(lab);
    Ok(())
}
