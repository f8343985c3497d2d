//! `start`, once the two parameters that tell which guest is meant agree.

use crate::actions::start;
use crate::call::Call;
use crate::evidence::identity;
use crate::ocf::{Answer, Failure};

/// Makes the guest run here.
pub(super) fn run(call: &Call) -> Answer {
    refuse_other_name(call)?;
    start::run(call)
}

/// The parameter `name` must be the name in the definition: by it operators and the cluster know the guest.
///
/// # Errors
/// Code 2 when it is another.
pub(super) fn refuse_other_name(call: &Call) -> Result<(), Failure> {
    let known = identity::known(call);
    let (Some(name), Ok(definition)) = (&call.parameters.name, known.definition) else {
        return Ok(());
    };
    match name.trim() == definition.name.trim() {
        true => Ok(()),
        false => Err(Failure::arguments(format!(
            "name={name}, but the definition's name is {}",
            definition.name
        ))),
    }
}
