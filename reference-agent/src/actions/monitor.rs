//! `monitor`: a look that changes nothing. 7 needs proof; whatever can't be told is 1.

use std::time::Duration;

use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::emulator::Emulator;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{self, Sight, is_local_qemu, steady_look};
use crate::libvirt::raw::Job;
use crate::libvirt::session::{self, Trouble};
use crate::libvirt::state::Condition;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::tell;

/// Says whether the guest runs here.
pub(crate) fn run(call: &Call) -> Answer {
    // A daemon that hangs must cost less than the timeout, and what a healthy one needs is milliseconds.
    let within = call.deadline.part(0.4).at_most(Duration::from_secs(8));
    let known = identity::known(call);
    let answer = first_seen(call, &known, &known.uuids, within)?;
    if answer != ExitCode::NotRunning {
        tell_of_definition(&known);
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
fn tell_of_definition(known: &Known) {
    if let Err(failure) = &known.definition {
        tell(&format!(
            "the guest runs, but could not be started here: {}",
            failure.reason
        ));
    }
}

/// The guests that neither record nor definition names by their UUID.
fn others(call: &Call, known: &Known, within: Duration) -> Result<Vec<String>, Failure> {
    if let Some(definition) = known.by_name() {
        return identity::namesakes(call, &definition.name, within)
            .map_err(|trouble| Failure::generic(trouble.why()));
    }
    match known.definition {
        Ok(_) => Ok(Vec::new()),
        Err(_) => nameless(call, known, within),
    }
}

/// The verdict about one guest.
fn judge(call: &Call, known: &Known, uuid: &str, within: Duration) -> Answer {
    let uri = &call.parameters.hypervisor;
    match steady_look(uri, uuid, within) {
        Sight::Active(condition) => active(call, known, uuid, condition),
        Sight::Absent { defined } => {
            if defined {
                tell_of_autostart(call, uuid, within);
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

/// A definition that libvirt starts with the node is an instance that the cluster knows nothing of. Monitor changes
/// nothing, so it is only told.
fn tell_of_autostart(call: &Call, uuid: &str, within: Duration) {
    let uri = &call.parameters.hypervisor;
    let marked = session::ask_about(uri, uuid, within, |domain| Ok(domain.autostart()?));
    if marked.is_ok_and(|marked| marked) {
        tell(
            "libvirt would start the guest with this node: its definition is marked for autostart",
        );
    }
}

fn active(call: &Call, known: &Known, uuid: &str, condition: Condition) -> Answer {
    let failed = || {
        Err(Failure::generic(format!(
            "the guest is {}",
            condition.words()
        )))
    };
    match condition {
        Condition::Running | Condition::HalfArrived => match emulator_of(known, uuid) {
            Some(emulator) if emulator.frozen() => Err(Failure::generic(format!(
                "the emulator (process {}) is stopped by a signal",
                emulator.pid
            ))),
            _ => Ok(ExitCode::Success),
        },
        Condition::Held | Condition::Suspended => Ok(ExitCode::Success),
        Condition::ShuttingDown => Ok(ending(call, known, uuid)),
        Condition::InTransit => {
            let within = call.deadline.part(0.8).at_most(Duration::from_secs(3));
            match look::job(&call.parameters.hypervisor, uuid, within) {
                Ok(Job::Outgoing) => Ok(ExitCode::Success),
                _ => failed(),
            }
        }
        Condition::Off(_) => Ok(ExitCode::NotRunning),
        Condition::Broken(_)
        | Condition::LeftBehind(_)
        | Condition::Crashed
        | Condition::Undetermined => failed(),
    }
}

/// A guest in shutdown is active until it is gone. One that never ran here by the record may be the rest of a
/// migration that was given up, which looks the same for an instant: it gets that instant to go.
fn ending(call: &Call, known: &Known, uuid: &str) -> ExitCode {
    if emulator_of(known, uuid).is_some() {
        return ExitCode::Success;
    }
    let instant = Deadline::after(call.deadline.part(0.5).at_most(Duration::from_secs(1)));
    let gone = instant.poll(Duration::from_millis(100), || {
        let sight = look::look(
            &call.parameters.hypervisor,
            uuid,
            call.deadline.part(0.8).at_most(Duration::from_secs(3)),
        );
        matches!(sight, Sight::Absent { .. }).then_some(ExitCode::NotRunning)
    });
    gone.unwrap_or(ExitCode::Success)
}

/// libvirt doesn't tell: the process table does, where it can.
fn blind(uri: &str, trouble: &Trouble, emulators: &[Emulator]) -> Answer {
    let why = trouble.why();
    if let Trouble::Denied(_) = trouble {
        return Err(Failure::new(ExitCode::Permission, why));
    }
    if !is_local_qemu(uri) {
        return Err(Failure::generic(format!(
            "{why}; only libvirt could tell whether the guest runs"
        )));
    }
    if emulators.is_empty() {
        return Ok(ExitCode::NotRunning);
    }
    if let Trouble::Hung(_) = trouble {
        return Err(Failure::generic(format!(
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
    tell(&format!("{why}; the emulator runs: {}", pids(emulators)));
    Ok(ExitCode::Success)
}

/// The definition doesn't tell which guest is meant: those that are marked; none if there is no doubt that nothing of this
/// resource runs.
fn nameless(call: &Call, known: &Known, within: Duration) -> Result<Vec<String>, Failure> {
    match identity::suspects(call, known, within) {
        Ok(suspects) if !suspects.marked.is_empty() => Ok(suspects.marked),
        Ok(suspects) if suspects.doubtful.is_empty() => Ok(Vec::new()),
        Ok(_) => Err(Failure::generic(
            "the definition can't be read, and a guest that may be this one runs",
        )),
        // What the record or the file shows was looked for by other means.
        Err(trouble)
            if !known.uuids.is_empty()
                || is_local_qemu(&call.parameters.hypervisor) && !Emulator::any() =>
        {
            tell(trouble.why());
            Ok(Vec::new())
        }
        Err(Trouble::Denied(why)) => Err(Failure::new(ExitCode::Permission, why)),
        Err(trouble) => Err(Failure::generic(format!(
            "the definition can't be read, and {}",
            trouble.why()
        ))),
    }
}

/// The emulator the record names, if it is this guest's.
fn emulator_of(known: &Known, uuid: &str) -> Option<Emulator> {
    known
        .record
        .as_ref()
        .filter(|record| record.uuid == uuid)
        .and_then(|record| record.emulator)
}

/// Process numbers for a sentence.
pub(crate) fn pids(emulators: &[Emulator]) -> String {
    let numbers: Vec<String> = emulators
        .iter()
        .map(|emulator| emulator.pid.to_string())
        .collect();
    format!("process {}", numbers.join(", "))
}
