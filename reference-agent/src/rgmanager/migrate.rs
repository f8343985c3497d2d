//! `migrate TARGET`: the whole migration, for nobody asks the target for its half.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::action::NOTHING_CHANGES;
use super::mapping;
use super::program::PATH;
use super::request::Request;
use crate::actions::{migrate_to, monitor};
use crate::budget::migrate_to as budget;
use crate::call::Call;
use crate::evidence::identity;
use crate::evidence::look::{Sight, look};
use crate::evidence::record::Record;
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::ocf::{ExitCode, Failure};
use crate::process::Ended;

/// Brings the guest to that member of the cluster.
pub(super) fn run(request: &Request, member: Option<String>) -> Ended {
    if std::env::var_os("PATH").is_none() {
        begin_with_a_path();
    }
    match push(request, member) {
        Ok(()) => {
            // Nobody stops the guest here any more.
            Record::forget(&request.call);
            Ok(0)
        }
        Err(failure) => Err((weigh(&request.call, &failure), failure)),
    }
}

/// Becomes the same program with a PATH, which rgmanager gives to none: libvirt looks there for ssh.
fn begin_with_a_path() {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    // It only returns where that fails; then whatever needs no ssh works all the same.
    let _ = Command::new("/proc/self/exe")
        .arg0(name)
        .args(arguments)
        .env("PATH", PATH)
        .exec();
}

fn push(request: &Request, member: Option<String>) -> Result<(), Failure> {
    let member = member.filter(|member| !member.is_empty());
    let member = member.ok_or_else(|| Failure::arguments("a migration needs a target"))?;
    request.call.demand_sound_parameters()?;
    let host = mapping::host(request.mapping.as_ref(), &member)?;
    let call = Call {
        migrate_target: Some(host),
        ..request.call.clone()
    };
    migrate_to::push(&call).map(drop)
}

/// The code of a migration that failed, by what is here afterwards. rgmanager goes on watching the guest here after 6, 7 and
/// 150 alone; after every other code it lets the guest be, wherever it is.
fn weigh(call: &Call, failure: &Failure) -> i32 {
    let rest = call.within(call.deadline.left());
    match monitor::run(&rest) {
        Ok(ExitCode::NotRunning) if failure.code == ExitCode::Configured => failure.code.number(),
        Ok(ExitCode::NotRunning) => ExitCode::NotRunning.number(),
        Err(_) if is_dead(call) => ExitCode::Generic.number(),
        Ok(_) | Err(_) => NOTHING_CHANGES,
    }
}

/// Whether what is here is the rest of a guest that doesn't run any more.
fn is_dead(call: &Call) -> bool {
    let within = call.deadline.within(budget::IDENTITY);
    let known = identity::known(call);
    known.uuids.iter().any(|uuid| {
        let uri = &call.parameters.hypervisor;
        matches!(
            look(&Guest { uri, uuid }, within),
            Sight::Active(Condition::Crashed | Condition::LeftBehind(_))
        )
    })
}
