//! `migrate_from`: says that the guest has arrived, once it runs here and nothing of the migration is left.

use std::time::Duration;

use super::bookkeeping;
use crate::budget::migrate_from as budget;
use crate::call::Call;
use crate::evidence::definition::digest;
use crate::evidence::emulator::Emulator;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{Sight, look};
use crate::evidence::record::Record;
use crate::libvirt::Job;
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::stderr;

/// Waits for the guest.
pub(crate) fn run(call: &Call) -> Answer {
    let known = identity::known(call);
    let mut uuid = expected(call, &known)?;
    let patience = call.deadline.end_of(budget::NOTHING_COMES);
    let until = call.deadline.end_of(budget::ARRIVAL);
    let mut last = "not seen here".to_owned();
    let arrived = until.poll(Duration::from_millis(150), || {
        match step(call, namesake(call, &known, &mut uuid)) {
            Step::Arrived => Some(Ok(())),
            Step::Failed(failure) => Some(Err(failure)),
            Step::Nothing if patience.passed() => Some(Err(Failure::generic(
                "the guest doesn't run here, and no migration brings it",
            ))),
            Step::Nothing => None,
            Step::Coming(how) => {
                last = how;
                None
            }
        }
    });
    arrived.unwrap_or_else(|| {
        Err(Failure::generic(format!(
            "the guest didn't arrive in time: it is {last}"
        )))
    })?;
    settle(call, &known, &uuid);
    Ok(ExitCode::Success)
}

/// The guest that is expected: the definition's; where that is missing, the one of an earlier start here, or the one
/// that came with this resource's mark.
fn expected(call: &Call, known: &Known) -> Result<String, Failure> {
    let failure = match &known.definition {
        Ok(definition) => return Ok(definition.uuid.clone()),
        Err(failure) => failure,
    };
    if let Some(uuid) = known.uuids.first() {
        return Ok(uuid.clone());
    }
    let found = identity::suspects(call, known, call.deadline.within(budget::IDENTITY));
    found
        .ok()
        .and_then(|found| found.marked.first().cloned())
        .ok_or_else(|| failure.clone())
}

/// The guest that is expected, or the one that has come under its name where the definition has no UUID.
fn namesake<'a>(call: &Call, known: &Known, uuid: &'a mut String) -> &'a str {
    if let Some(definition) = known.by_name() {
        let within = call.deadline.within(budget::QUESTION);
        let found = identity::namesakes(call, &definition.name, within).unwrap_or_default();
        if let Some(here) = found.into_iter().next() {
            *uuid = here;
        }
    }
    uuid
}

/// What one look says of the guest's way.
enum Step {
    Arrived,
    /// It has not arrived yet; how it is meanwhile.
    Coming(String),
    Nothing,
    Failed(Failure),
}

/// Looks once.
fn step(call: &Call, uuid: &str) -> Step {
    let guest = Guest {
        uri: &call.parameters.hypervisor,
        uuid,
    };
    match look(&guest, call.deadline.within(budget::QUESTION)) {
        Sight::Absent { .. } => Step::Nothing,
        Sight::Active(Condition::Running | Condition::Held) => {
            match guest.job(call.deadline.within(budget::QUESTION)) {
                Ok(Job::Incoming) => {
                    Step::Coming("running, but its migration isn't finished".to_owned())
                }
                Ok(Job::Idle | Job::Outgoing | Job::Other) => Step::Arrived,
                Err(trouble) => Step::Coming(format!("running, but {}", trouble.why())),
            }
        }
        Sight::Active(condition @ (Condition::InTransit | Condition::HalfArrived)) => {
            Step::Coming(condition.to_string())
        }
        Sight::Active(condition) => Step::Failed(Failure::generic(format!(
            "the guest arrived, but is {condition}"
        ))),
        // A domain that is being prepared or given up has a process for a moment before libvirt lists it or after.
        Sight::Orphan(_) => Step::Nothing,
        Sight::Blind(trouble, _) => Step::Failed(Failure::generic(trouble.why())),
    }
}

/// Records the guest here. Without the definition there is still its mark to know it by.
fn settle(call: &Call, known: &Known, uuid: &str) {
    match &known.definition {
        Ok(definition) => bookkeeping::record_running(call, &definition.clone().of_guest(uuid)),
        Err(failure) => {
            stderr::print(&format!(
                "the guest has arrived, but could not be started here: {}",
                failure.reason
            ));
            let emulator = Emulator::find(uuid).first().copied();
            Record {
                uuid: uuid.to_owned(),
                name: String::new(),
                emulator,
                digest: digest(""),
                hypervisor: call.parameters.hypervisor.clone(),
            }
            .save(call);
        }
    }
}
