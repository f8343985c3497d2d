//! The step `fence`: the agent under test, run as Pacemaker's fencer runs a fence agent.

use std::collections::BTreeMap;

use super::environment::{self, Asked};
use super::invocation::{Asking, carry_out};
use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{Fence, Run};
use crate::history::StepPath;

/// Runs it to its end, and looks at every node afterwards: whom it ends may be anywhere.
///
/// # Errors
/// When the lab fails. How the agent ends is never an error.
pub(super) fn fence(stage: &Stage<'_>, fence: &Fence, at: &StepPath) -> Result<(), Trouble> {
    let run = Run::from(fence);
    let guest = &stage.lab.subject().name;
    let parameters = options(stage, fence, guest);
    let asked = Asked {
        run: &run,
        instance: guest,
        parameters: &parameters,
    };
    let call = environment::call_for(stage, &asked);
    let given = fence.limit();
    let asking = Asking {
        run: &run,
        call,
        given,
    };
    carry_out(stage, &asking, Some(at), &|_, _, _| Ok(()))?;
    stage.look_everywhere();
    Ok(())
}

/// The cluster's own options, those that the profile sets, and those of the case.
fn options(stage: &Stage<'_>, fence: &Fence, guest: &str) -> BTreeMap<String, String> {
    let mut options = fence.action.options(guest);
    if !fence.action.is_asked_without_device() {
        let set = stage.actors.profile.set.clone();
        options.extend(environment::on_node(set, &fence.node));
    }
    environment::change(&mut options, &fence.options);
    options
}
