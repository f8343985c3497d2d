//! The end of a case, as far as its cluster goes.

use std::time::{Duration, Instant};

use super::decisions;
use super::settle::IdleWatch;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::{AskedBy, Entry, What};

/// How long the cluster may be busy at the end of a case while no run of the agent is under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long nobody asks again.
const PAUSE: Duration = Duration::from_millis(60);

/// Ends a case that came to `done`: waits until its cluster is idle, and records what it believes then and what it decided
/// in the whole case. Nothing where the case has none.
///
/// # Errors
/// Those of the case, and that the cluster did not become idle.
pub(in crate::drive) fn conclude(
    stage: &Stage<'_>,
    done: Result<(), Trouble>,
) -> Result<(), Trouble> {
    if stage.case.needs.cluster.is_none() {
        return done;
    }
    let ended = done.and_then(|()| await_idle(stage));
    // Also of a case that failed: it may say why.
    decisions::record(stage);
    ended
}

/// Waits until it is idle, and records what it believes.
fn await_idle(stage: &Stage<'_>) -> Result<(), Trouble> {
    let patience = PATIENCE * stage.lab.pace();
    let mut until = Instant::now() + patience;
    let mut watch = IdleWatch::default();
    while !watch.look(stage) {
        if stage.recorder.read(is_agent_running) {
            until = Instant::now() + patience;
        }
        if Instant::now() > until {
            return Err(Trouble::NeverIdle(patience));
        }
        stage.check_deadline()?;
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Whether a run that the cluster asked for is under way; monitors that recur never end.
fn is_agent_running(entries: &[Entry]) -> bool {
    let mut under_way = Vec::new();
    for entry in entries {
        match &entry.what {
            What::Began(run) if run.by == AskedBy::Cluster && !run.recurs() => {
                under_way.push(run.id);
            }
            What::Ended(outcome) => under_way.retain(|id| *id != outcome.id),
            _ => {}
        }
    }
    !under_way.is_empty()
}
