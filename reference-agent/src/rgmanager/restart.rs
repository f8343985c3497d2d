//! `recover` and `restart`: a guest that is here is started anew.
//!
//! One that isn't here is left to rgmanager, which asks the other nodes before it starts a guest: it may have gone on there.

use super::request::Request;
use super::start;
use crate::actions::{monitor, stop};
use crate::budget::restart as budget;
use crate::call::Call;
use crate::evidence::identity;
use crate::evidence::look::{Sight, look};
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::ocf::{Answer, ExitCode, Failure};

/// Leaves a guest that is well alone; else it is started anew.
pub(super) fn recover(request: &Request) -> Answer {
    match monitor::run(&request.call) {
        Ok(ExitCode::Success) if request.check_program().is_ok() => Ok(ExitCode::Success),
        _ => restart(&request.call),
    }
}

/// Stops the guest that is here, and starts it.
pub(super) fn restart(call: &Call) -> Answer {
    call.demand_sound_parameters()?;
    if !is_here(call) {
        return Err(Failure::new(
            ExitCode::NotRunning,
            "the guest isn't here to be started anew, and may run elsewhere",
        ));
    }
    stop::run(&call.within(call.deadline.within(budget::STOP)))?;
    start::run(&call.within(call.deadline.left()))
}

/// Whether the guest is here for certain, well or broken, and neither comes nor goes.
fn is_here(call: &Call) -> bool {
    let within = call.deadline.within(crate::budget::monitor::LOOK);
    let known = identity::known(call).with_namesakes(call, within);
    let uuids = known.map(|known| known.uuids).unwrap_or_default();
    uuids.iter().any(|uuid| {
        let uri = &call.parameters.hypervisor;
        match look(&Guest { uri, uuid }, within) {
            Sight::Orphan(_) => true,
            Sight::Active(condition) => matches!(
                condition,
                Condition::Running
                    | Condition::Held
                    | Condition::Broken(_)
                    | Condition::Crashed
                    | Condition::Suspended
                    | Condition::Undetermined
            ),
            Sight::Absent { .. } | Sight::Blind(..) => false,
        }
    })
}
