//! `virt-reference-agent`: an OCF resource agent for libvirt domains, the bundled reference of virt-ra-tester.
//!
//! It talks to libvirt through its library, or for a domain's state alone in its protocol, never through `virsh`. Four
//! rules come before all others: a guest is known by its UUID, or by its name where its definition has no UUID; doubt is
//! never reported as "stopped"; every call that can hang has a deadline; and `stop` copes with whatever hangs.
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
mod stderr;
mod transfer;
mod uuid;

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

use actions::{metadata, migrate_from, migrate_to, monitor, start, stop, validate};
use call::Call;
use environment::Environment;
use evidence::identity;
use ocf::{Action, Answer, ExitCode, Failure};

/// Does what the command line and the environment ask for, and ends the process with the action's exit code.
pub fn run_as_program() -> ! {
    // A panic must neither print a backtrace nor end the process with 101, a code OCF doesn't know.
    panic::set_hook(Box::new(|_| {}));
    let answer = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Failure::generic(
            "internal error in virt-reference-agent: a panic was caught",
        ))
    });
    let code = match answer {
        Ok(code) => code,
        Err(failure) => {
            stderr::print(&format!("ocf-exit-reason:{}", failure.one_line()));
            failure.code
        }
    };
    // Not a return: threads that hang inside libvirt are left behind on purpose.
    libvirt::exit_now(code.number());
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
    let work = match action {
        Action::MetaData => return show(&metadata::of(&file_name())),
        Action::Usage => return show(metadata::USAGE),
        Action::Start => start::run,
        Action::Stop => stop::run,
        Action::Monitor => monitor::run,
        Action::MigrateTo => migrate_to::run,
        Action::MigrateFrom => migrate_from::run,
        Action::ValidateAll => validate::run,
    };
    let mut call = Call::read(action, &Environment::of_process())?;
    if matches!(action, Action::Stop | Action::Monitor) {
        identity::recall(&mut call);
    }
    work(&call)
}

/// Prints a document on stdout, the only thing this agent ever prints there.
/// The name of the file that was called: a package may install the agent under another one.
fn file_name() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&called).file_name();
    name.unwrap_or_default().to_string_lossy().into_owned()
}

fn show(text: &str) -> Answer {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::generic(format!("stdout can't be written: {error}")))?;
    Ok(ExitCode::Success)
}
