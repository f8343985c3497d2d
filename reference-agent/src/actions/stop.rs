//! `stop`: afterwards the guest doesn't run here, whatever has to be done for it.

use super::escalate;
use crate::budget;
use crate::call::Call;
use crate::evidence::identity;
use crate::evidence::record::Record;
use crate::ocf::{Answer, ExitCode};

/// Ends every guest that is this resource's. What only a start needs is not asked for.
pub(crate) fn run(call: &Call) -> Answer {
    let within = call.deadline.within(budget::stop::IDENTITY);
    let known = identity::known(call).with_namesakes(call, within)?;
    for uuid in &known.uuids {
        escalate::end(call, uuid)?;
    }
    if known.definition.is_err() {
        for uuid in identity::unnamed(call, &known, within)? {
            escalate::end(call, &uuid)?;
        }
    }
    Record::forget(call);
    Ok(ExitCode::Success)
}
