//! A moment of a live migration that the cluster makes.

use std::time::{Duration, Instant};

use crate::case::Reach;
use crate::drive::phase;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;

/// Waits for it.
///
/// # Errors
/// When it does not come in time: what is done then proves nothing.
pub(super) fn reach(stage: &Stage<'_>, reach: &Reach) -> Result<(), Trouble> {
    let until = Instant::now() + Duration::from_millis(reach.within.0);
    let other = |node: &&std::sync::Arc<dyn crate::lab::Node>| *node.name() != reach.from;
    let Some(target) = stage.lab.nodes().iter().find(other) else {
        return Err(Trouble::Step("no other node is there to migrate to".into()));
    };
    let way = [&reach.from, target.name()];
    match phase::wait(stage, way, reach.phase, &|| Instant::now() > until)? {
        true => Ok(()),
        false => Err(Trouble::NeverCame(phase::describe(reach.phase))),
    }
}
