//! `validate-all`: at level 0 the parameters, from level 10 on this node as well.

use crate::budget;
use crate::call::Call;
use crate::evidence::definition::Definition;
use crate::libvirt::host;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{Answer, ExitCode, Failure};

/// Judges the configuration.
pub(crate) fn run(call: &Call) -> Answer {
    call.demand_sound_parameters()?;
    let Some(path) = &call.parameters.config else {
        return Err(call.parameters.failure());
    };
    let of_this_node = call.check_level >= 10;
    let within = call.deadline.within(budget::validate::STEP);
    match Definition::load(path, within).map_err(|damaged| damaged.failure) {
        Ok(_) => {}
        // A definition that is here must be usable; one that isn't may be on the nodes that count.
        Err(failure) if of_this_node || failure.code == ExitCode::Arguments => return Err(failure),
        Err(_) => return Ok(ExitCode::Success),
    }
    if of_this_node {
        host::reach(&call.parameters.hypervisor, within).map_err(|trouble| {
            let code = if matches!(trouble, Trouble::Denied(_)) {
                ExitCode::Permission
            } else {
                ExitCode::Installed
            };
            Failure::new(code, trouble.why())
        })?;
    }
    Ok(ExitCode::Success)
}
