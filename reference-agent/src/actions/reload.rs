//! `reload-agent`: every action reads the parameters anew, so nothing is left to apply; it says whether they are sound.

use crate::call::Call;
use crate::ocf::{Answer, ExitCode};

/// Takes over the parameters that the metadata mark as reloadable. The guest is not touched, nor even looked at.
pub(crate) fn run(call: &Call) -> Answer {
    call.demand_sound_parameters()?;
    Ok(ExitCode::Success)
}
