//! `monitor`: a look that changes nothing. 7 needs proof; whatever can't be known is 1.

use std::time::Duration;

use crate::budget::monitor as budget;
use crate::call::Call;
use crate::evidence::emulator::{self, Emulator, pids};
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{Sight, look, steady_look};
use crate::libvirt::Job;
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::stderr;

/// Says whether the guest runs here.
pub(crate) fn run(call: &Call) -> Answer {
    let within = call.deadline.within(budget::LOOK);
    let known = identity::known(call);
    let answer = first_seen(call, &known, &known.uuids, within)?;
    if answer != ExitCode::NotRunning {
        warn_of_definition(&known);
        return Ok(answer);
    }
    first_seen(call, &known, &others(call, &known, within)?, within)
}

/// The verdict about the first of these guests that is here.
fn first_seen(call: &Call, known: &Known, uuids: &[String], within: Duration) -> Answer {
    for uuid in uuids {
        let answer = judge(call, known, uuid, within)?;
        if answer != ExitCode::NotRunning {
            return Ok(answer);
        }
    }
    Ok(ExitCode::NotRunning)
}

/// A guest runs on without its definition, so monitor says that it runs; but the operator should know that it could not be
/// started here any more.
fn warn_of_definition(known: &Known) {
    if let Err(failure) = &known.definition {
        stderr::print(&format!(
            "the guest runs, but could not be started here: {}",
            failure.reason
        ));
    }
}

/// The guests that neither record nor definition names by their UUID.
fn others(call: &Call, known: &Known, within: Duration) -> Result<Vec<String>, Failure> {
    if let Some(definition) = known.by_name() {
        return identity::namesakes(call, &definition.name, within)
            .map_err(|trouble| Failure::doubt(trouble.why()));
    }
    match known.definition {
        Ok(_) => Ok(Vec::new()),
        Err(_) => identity::unnamed(call, known, within),
    }
}

/// The verdict about one guest.
fn judge(call: &Call, known: &Known, uuid: &str, within: Duration) -> Answer {
    let uri = &call.parameters.hypervisor;
    let guest = Guest { uri, uuid };
    match steady_look(&guest, within) {
        Sight::Active(condition) => active(call, known, &guest, condition),
        Sight::Absent { defined } => {
            if defined {
                warn_of_autostart(&guest, within);
            }
            Ok(ExitCode::NotRunning)
        }
        Sight::Orphan(emulators) => Err(Failure::generic(format!(
            "libvirt has forgotten the guest, but its emulator runs: {}",
            pids(&emulators)
        ))),
        Sight::Blind(trouble, emulators) => blind(uri, &trouble, &emulators),
    }
}

/// A definition that libvirt starts with the node is an instance that the cluster doesn't know about. Monitor changes
/// nothing, so it only warns.
fn warn_of_autostart(guest: &Guest<'_>, within: Duration) {
    if guest.has_autostart(within) == Ok(true) {
        stderr::print(
            "libvirt would start the guest with this node: its definition is marked for autostart",
        );
    }
}

/// The verdict about a guest that libvirt has.
fn active(call: &Call, known: &Known, guest: &Guest<'_>, condition: Condition) -> Answer {
    let failed = || Err(Failure::generic(format!("the guest is {condition}")));
    match condition {
        Condition::Running | Condition::HalfArrived => refuse_frozen(known, guest),
        Condition::Held | Condition::Suspended => Ok(ExitCode::Success),
        Condition::ShuttingDown => Ok(ending(call, known, guest)),
        Condition::InTransit => match guest.job(call.deadline.within(budget::DETAIL)) {
            Ok(Job::Outgoing) => Ok(ExitCode::Success),
            _ => failed(),
        },
        Condition::Off(_) => Ok(ExitCode::NotRunning),
        Condition::Broken(_)
        | Condition::LeftBehind(_)
        | Condition::Crashed
        | Condition::Undetermined => failed(),
    }
}

/// An emulator that is stopped by a signal looks to libvirt like one that runs. Where no record tells which it is, for the
/// guest came here by a migration that ended on the node it came from, the process table does.
fn refuse_frozen(known: &Known, guest: &Guest<'_>) -> Answer {
    let emulators = match emulator_of(known, guest.uuid) {
        Some(emulator) => vec![emulator],
        None => emulator::of_guest(guest.uri, guest.uuid),
    };
    match emulators.iter().find(|emulator| emulator.frozen()) {
        Some(emulator) => Err(Failure::generic(format!(
            "the emulator (process {}) is stopped by a signal",
            emulator.pid
        ))),
        None => Ok(ExitCode::Success),
    }
}

/// A guest in shutdown is active until it is gone. One that never ran here by the record may be the rest of a
/// migration that was given up, which looks the same for an instant: it gets that instant to go.
fn ending(call: &Call, known: &Known, guest: &Guest<'_>) -> ExitCode {
    if emulator_of(known, guest.uuid).is_some() {
        return ExitCode::Success;
    }
    let instant = call.deadline.end_of(budget::GOING);
    let gone = instant.poll(Duration::from_millis(100), || {
        let sight = look(guest, call.deadline.within(budget::DETAIL));
        matches!(sight, Sight::Absent { .. }).then_some(ExitCode::NotRunning)
    });
    gone.unwrap_or(ExitCode::Success)
}

/// libvirt can't be asked: the process table decides, where it can.
fn blind(uri: &str, trouble: &Trouble, emulators: &[Emulator]) -> Answer {
    let why = trouble.why();
    if let Trouble::Denied(_) = trouble {
        return Err(Failure::new(ExitCode::Permission, why));
    }
    if !emulator::are_processes_here(uri) {
        return Err(Failure::doubt(format!(
            "{why}; only libvirt could tell whether the guest runs"
        )));
    }
    if emulators.is_empty() {
        return Ok(ExitCode::NotRunning);
    }
    if let Trouble::Hung(_) = trouble {
        return Err(Failure::doubt(format!(
            "{why}; the emulator runs: {}",
            pids(emulators)
        )));
    }
    if emulators.iter().any(Emulator::frozen) {
        return Err(Failure::generic(format!(
            "{why}; the emulator is stopped by a signal: {}",
            pids(emulators)
        )));
    }
    // A daemon that is being restarted must not cost the guest its life.
    stderr::print(&format!("{why}; the emulator runs: {}", pids(emulators)));
    Ok(ExitCode::Success)
}

/// The emulator the record names, if it is this guest's.
fn emulator_of(known: &Known, uuid: &str) -> Option<Emulator> {
    known
        .record
        .as_ref()
        .filter(|record| record.uuid == uuid)
        .and_then(|record| record.emulator)
}
