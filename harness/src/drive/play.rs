//! One case on one lab: makes the world of `given`, runs the steps, and looks at what remains.

use std::sync::Arc;

use super::stage::{Actors, Stage};
use super::trouble::Trouble;
use super::{cluster, fault, given, steps};
use crate::case::{CaseSpec, Step};
use crate::history::{History, LabFacts, What};
use crate::lab::Lab;

/// Carries out a case on a clean lab and gives back everything that was done and seen.
///
/// Trouble on the way is an entry of the history: nothing is lost of what was seen before it.
#[must_use]
pub fn perform(case: &CaseSpec, lab: &Lab, actors: Actors<'_>) -> History {
    let stretched = (lab.pace() > 1).then(|| case.stretched(lab.pace()));
    let case = stretched.as_ref().unwrap_or(case);
    play(case, lab, actors, &mut |stage| {
        steps::run_all(stage, &case.when)
    })
}

/// As [`perform`], but the steps are not those of the case: `next` gives each from everything that was done and
/// seen before it, until it has no more.
#[must_use]
pub fn improvise(
    case: &CaseSpec,
    lab: &Lab,
    actors: Actors<'_>,
    next: &mut dyn FnMut(&History) -> Option<Step>,
) -> History {
    let pace = lab.pace();
    let case = case.stretched(pace);
    play(&case, lab, actors, &mut |stage| {
        let mut next = |so_far: &History| next(so_far).map(|step| step.stretched(pace));
        steps::run_improvised(stage, &mut next)
    })
}

/// Runs the steps.
type RunSteps<'a> = dyn FnMut(&Stage<'_>) -> Result<(), Trouble> + 'a;

fn play(case: &CaseSpec, lab: &Lab, actors: Actors<'_>, run_steps: &mut RunSteps<'_>) -> History {
    let stage = Stage::new(case, lab, actors);
    let recorder = Arc::clone(&stage.recorder);
    if let Err(trouble) = from_given_to_done(&stage, run_steps) {
        recorder.record(What::Trouble {
            text: trouble.to_string(),
        });
    }
    // Its witness ends with it: the history is whole only then.
    drop(stage);
    recorder.history()
}

fn from_given_to_done(stage: &Stage<'_>, run_steps: &mut RunSteps<'_>) -> Result<(), Trouble> {
    given::make(stage)?;
    stage.look_at_all()?;
    stage.recorder.record(What::Ready { lab: facts(stage) });
    let done = run_steps(stage);
    if done.is_ok() {
        stage.look_everywhere();
        let nodes = stage.lab.nodes().iter();
        nodes
            .filter(|node| !fault::hides_config(stage, node.name()))
            .for_each(|node| stage.look_at_config(&**node));
    }
    // Healed in any case: a frozen daemon could neither be asked what is left nor be reset.
    let healed = fault::heal_all(stage);
    cluster::conclude(stage, done.and(healed))?;
    stage.await_writer();
    stage.await_proof();
    stage.look_at_all()?;
    stage.recorder.record(What::Done);
    Ok(())
}

/// What the lab is, and what runs the subject.
fn facts(stage: &Stage<'_>) -> LabFacts {
    LabFacts {
        engine: stage.actors.profile.engine(),
        ..stage.lab.facts()
    }
}
