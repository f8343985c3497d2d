//! `virt-reference-agent`: an OCF resource agent for libvirt domains, the bundled reference of virt-ra-tester.
//!
//! It talks to libvirt through its library, or for a domain's state alone in its protocol, never through `virsh`. Four
//! rules come before all others: a guest is known by its UUID, or by its name where its definition has no UUID; doubt is
//! never reported as "stopped"; every call that can hang has a deadline; and `stop` copes with whatever hangs.
//!
//! The same agent speaks to Pacemaker here, and to rgmanager in `rgmanager/`, as a program of its own.
//!
//! Read `actions/` first, a file for each action, then `evidence/`, on which their decisions rest, and `budget.rs`, which
//! says how each spends its time. `libvirt/` can be skipped at a first reading.

mod actions;
mod budget;
mod call;
mod clock;
mod environment;
mod evidence;
mod libvirt;
mod ocf;
mod parameters;
mod process;
mod rgmanager;
mod stderr;
mod transfer;
mod uuid;

use actions::{metadata, migrate_from, migrate_to, monitor, reload, start, stop, validate};
use call::Call;
use environment::Environment;
use evidence::identity;
use ocf::{Action, Answer, ExitCode, Failure};
use process::{Ended, file_name, show};

pub use rgmanager::run_as_program as run_as_program_of_rgmanager;

/// Does what the command line and the environment ask for, and ends the process with the action's exit code.
pub fn run_as_program() -> ! {
    process::end_with("ocf-exit-reason:", || counted(run()))
}

/// An answer in OCF's numbers.
fn counted(answer: Answer) -> Ended {
    answer
        .map(ExitCode::number)
        .map_err(|failure| (failure.code.number(), failure))
}

/// What libvirt's protocol and its library say of a domain's state, each asked by itself, for the test that they agree;
/// nothing of the first where the library would be asked in earnest.
#[must_use]
pub fn states(uri: &str, uuid: &str) -> (Option<String>, String) {
    let guest = libvirt::guest::Guest { uri, uuid };
    let shown = |answer| format!("{answer:?}");
    let within = std::time::Duration::from_secs(10);
    (
        guest.condition_by_protocol().map(shown),
        shown(guest.condition_by_library(within)),
    )
}

/// Chooses what to do by the first argument; further ones don't count.
fn run() -> Answer {
    let Some(name) = std::env::args_os().nth(1) else {
        stderr::print(metadata::USAGE);
        return Err(Failure::arguments("no action was given"));
    };
    let name = name.to_string_lossy().into_owned();
    let Some(action) = Action::parse(&name) else {
        let reason = format!("action \"{name}\" is not implemented");
        return Err(Failure::new(ExitCode::Unimplemented, reason));
    };
    let shown = |text: &str| show(text).map(|()| ExitCode::Success);
    let work = match action {
        Action::MetaData => return shown(&metadata::of(&file_name())),
        Action::Usage => return shown(metadata::USAGE),
        Action::Start => start::run,
        Action::Stop => stop::run,
        Action::Monitor => monitor::run,
        Action::MigrateTo => migrate_to::run,
        Action::MigrateFrom => migrate_from::run,
        Action::ReloadAgent => reload::run,
        Action::ValidateAll => validate::run,
    };
    let mut call = Call::read(action, &Environment::of_process())?;
    if matches!(action, Action::Stop | Action::Monitor) {
        identity::recall(&mut call);
    }
    work(&call)
}
