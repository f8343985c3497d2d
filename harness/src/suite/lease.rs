//! A lab of the pool for as long as something is done on it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::debug_span;

use super::Crew;
use crate::case::CaseId;
use crate::drive::{Actors, Patience};
use crate::equipment::Equipment;
use crate::history::{History, What};
use crate::lab::{Lab, LabError};
use crate::report::Event;

/// What was done and seen on a lab, and whether the lab is kept as it is now.
pub(crate) struct Acted {
    pub(super) history: History,
    pub(super) keep: bool,
}

impl From<History> for Acted {
    /// The lab goes back to its pool.
    fn from(history: History) -> Self {
        let keep = false;
        Self { history, keep }
    }
}

/// What is done on a lab.
type Acts<'a> = dyn FnMut(&Lab, Actors<'_>) -> Acted + 'a;

/// Does something on a lab of the pool with that equipment. Its steps become events of that case.
///
/// # Errors
/// When no lab comes up, or the harness panics: a sentence.
pub(crate) fn on_a_lab(
    id: &CaseId,
    equipment: Equipment,
    crew: &Crew,
    act: &mut Acts<'_>,
) -> Result<History, String> {
    // A panic of ours must not look like a finding, nor take the lab with it.
    match catch_unwind(AssertUnwindSafe(|| leased(id, equipment, crew, act))) {
        Ok(acted) => acted.map_err(|error| error.to_string()),
        Err(_) => Err("the harness panicked".to_owned()),
    }
}

fn leased(
    id: &CaseId,
    equipment: Equipment,
    crew: &Crew,
    act: &mut Acts<'_>,
) -> Result<History, LabError> {
    let _case = debug_span!("case", id = id.0).entered();
    let lease = crew.pool.lease(equipment)?;
    let on_step = |text: &str| {
        crew.send(Event::StepBegan {
            id: id.clone(),
            text: text.to_owned(),
        });
    };
    on_step("make the given world");
    let actors = Actors {
        agent: &crew.agent,
        profile: &crew.profile,
        patience: &Patience::NONE,
        interrupted: crew.interrupted,
        on_step: &on_step,
    };
    let Acted { history, keep } = act(&lease, actors);
    let given_back = match keep {
        true => crew.keep.offer(id, lease),
        false => Some(lease),
    };
    let Some(lease) = given_back else {
        return Ok(history);
    };
    if history
        .entries
        .iter()
        .any(|entry| matches!(entry.what, What::Trouble { .. }))
    {
        // A lab in which something went wrong is not trusted with another case.
        lease.discard();
    }
    Ok(history)
}
