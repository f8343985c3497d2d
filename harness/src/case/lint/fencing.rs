//! What a case of a fence agent may say: nobody there starts the guest but an operator.

use super::walk::{At, fences, runs};
use super::wrong::{Lint, Wrong};
use crate::case::GivenState;

/// Refuses a case that runs the agent both as a resource agent and as a fence agent, and a given state that a resource
/// agent would have to make.
pub(super) fn check_fencing(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    if fences(spec).is_empty() {
        return;
    }
    for At { path, .. } in runs(spec) {
        let message = "the agent under test is a fence agent in this case";
        let help = "write `fence`, or make a case of its own of it";
        lint.at_key(&path, Wrong::new(message, "it has no such action", help));
    }
    for (node, state) in &spec.given.states {
        if made_by_the_agent(*state) {
            let message = "a fence agent starts no guest for a case";
            let help = "write `outside`: an operator starts it by hand";
            lint.at(
                &format!("given.{node}"),
                Wrong::new(message, "nobody makes this state", help),
            );
        }
    }
}

/// Whether the agent's own `start` is part of the state.
const fn made_by_the_agent(state: GivenState) -> bool {
    use GivenState::{Crashed, Paused, Pmsuspended, Running};
    matches!(state, Running | Paused | Crashed | Pmsuspended)
}
