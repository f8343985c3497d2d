//! The agent's actions for somebody who runs them by hand.

use super::stage::{Actors, Stage};
use super::trouble::Trouble;
use super::{environment, given, invocation};
use crate::case::{CaseSpec, Run};
use crate::lab::{Command, Lab};

/// Makes the world that a case begins in, and tells how each run would be made there, in their order.
///
/// # Errors
/// When the world does not come about.
pub fn by_hand(
    case: &CaseSpec,
    lab: &Lab,
    actors: Actors<'_>,
    runs: &[Run],
) -> Result<Vec<Command>, Trouble> {
    let stage = Stage::new(case, lab, actors);
    given::make(&stage)?;
    let command = |run: &Run| {
        let call = environment::call(&stage, run)?;
        let node = stage.node(&run.node)?;
        Ok(invocation::command(&stage, node, &call, "root"))
    };
    runs.iter().map(command).collect()
}
