//! `stop`: afterwards the guest doesn't run here, whatever has to be done for it.

use std::time::Duration;

use crate::actions::escalate;
use crate::call::Call;
use crate::evidence::emulator::Emulator;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::is_local_qemu;
use crate::evidence::record::Record;
use crate::libvirt::session::Trouble;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::tell;

/// Ends every guest that is this resource's. What only a start needs is not asked for.
pub(crate) fn run(call: &Call) -> Answer {
    let within = call.deadline.part(0.4).at_most(Duration::from_secs(8));
    let known = identity::known(call).with_namesakes(call, within)?;
    for uuid in &known.uuids {
        escalate::end(call, uuid)?;
    }
    if known.definition.is_err() {
        for uuid in nameless(call, &known, within)? {
            escalate::end(call, &uuid)?;
        }
    }
    Record::forget(call);
    Ok(ExitCode::Success)
}

/// The definition doesn't tell which guest is meant. Those that are marked are; if another could be, this is an error,
/// since fencing is better than a guest that runs twice; else nothing of this resource is here.
fn nameless(call: &Call, known: &Known, within: Duration) -> Result<Vec<String>, Failure> {
    match identity::suspects(call, known, within) {
        Ok(suspects) if suspects.marked.is_empty() && !suspects.doubtful.is_empty() => {
            Err(Failure::generic(format!(
                "the definition can't be read, and a guest that may be this one runs: {}",
                suspects.doubtful.join(", ")
            )))
        }
        Ok(suspects) => Ok(suspects.marked),
        // What the record or the file shows was ended by other means.
        Err(trouble)
            if !known.uuids.is_empty()
                || is_local_qemu(&call.parameters.hypervisor) && !Emulator::any() =>
        {
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
