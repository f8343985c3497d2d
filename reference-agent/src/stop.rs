//! `stop`: afterwards the guest doesn't run here, whatever has to be done for it.

use std::time::Duration;

use crate::call::Call;
use crate::emulator::Emulator;
use crate::force;
use crate::hypervisor::Trouble;
use crate::identity;
use crate::look::is_local_qemu;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::record::Record;
use crate::tell;

/// Ends every guest that is this resource's. What only a start needs is not asked for.
pub(crate) fn run(call: &Call) -> Answer {
    let known = identity::known(call);
    let uuids = if known.uuids.is_empty() {
        nameless(call)?
    } else {
        known.uuids
    };
    for uuid in &uuids {
        force::end(call, uuid)?;
    }
    Record::forget(call);
    Ok(ExitCode::Success)
}

/// Neither record nor definition tells which guest is meant. Those that are marked are; if another could be, this is
/// an error, since fencing is better than a guest that runs twice; else nothing of this resource is here.
fn nameless(call: &Call) -> Result<Vec<String>, Failure> {
    match identity::suspects(
        call,
        call.deadline.part(0.4).at_most(Duration::from_secs(8)),
    ) {
        Ok(suspects) if suspects.marked.is_empty() && !suspects.doubtful.is_empty() => {
            Err(Failure::generic(format!(
                "the definition can't be read, and a guest that may be this one runs: {}",
                suspects.doubtful.join(", ")
            )))
        }
        Ok(suspects) => Ok(suspects.marked),
        Err(trouble) if is_local_qemu(&call.parameters.hypervisor) && !Emulator::any() => {
            tell(trouble.why());
            Ok(Vec::new())
        }
        Err(Trouble::Denied(why)) => Err(Failure::new(ExitCode::Permission, why)),
        Err(trouble) => Err(Failure::generic(format!(
            "the definition can't be read, guests run here, and which is meant can't be asked: {}",
            trouble.why()
        ))),
    }
}
