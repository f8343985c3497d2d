//! One case from its lease to its verdict, which goes out as an event and into the results.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::{Crew, usual};
use crate::case::{CaseId, LoadedCase};
use crate::drive::{self, Actors, Patience};
use crate::history::{History, What};
use crate::judge::{self, Finding, Known, Severity, Verdict};
use crate::lab::{Equipment, Lab, LabError};
use crate::report::{CaseEnd, Event};

/// Runs one case with all its repetitions and writes down what came of it. The text is its diagnosis.
pub(super) fn carry_out(case: &LoadedCase, crew: &Crew) -> (CaseEnd, String) {
    crew.tell(Event::CaseStarted {
        id: case.id.clone(),
    });
    let begun = crew.results.begin_case(&case.id);
    let (verdict, history) = match begun {
        Ok(_) => worst_of(case, crew),
        Err(error) => (unknown(&case.id, &error.to_string()), History::default()),
    };
    let verdict = match crew.keep(&verdict, &history) {
        Ok(()) => verdict,
        Err(error) => unknown(&case.id, &error.to_string()),
    };
    let text = crew.diagnose(case, &verdict, &history);
    let told = verdict.severity != Severity::Pass;
    let end = CaseEnd {
        diagnosis: told.then(|| text.clone()),
        ..end_of(verdict, crew)
    };
    crew.tell(Event::CaseEnded(Box::new(end.clone())));
    (end, text)
}

/// A verdict with what was known before, without its diagnosis.
fn end_of(verdict: Verdict, crew: &Crew) -> CaseEnd {
    let known = Known::of(&verdict, &crew.profile.deviations);
    CaseEnd {
        diagnosis: None,
        known: match &known {
            Known::Yes(known) => {
                let reasons: Vec<&str> = known.iter().map(|one| one.reason.as_str()).collect();
                Some(reasons.join("; "))
            }
            Known::No | Known::Mended(_) => None,
        },
        mended: matches!(known, Known::Mended(_)),
        verdict,
    }
}

fn worst_of(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let mut worst: Option<(Verdict, History)> = None;
    for _ in 0..case.spec.repeat.max(1) {
        let next = once_or_again(case, crew);
        let bad = next.0.severity > Severity::Warn;
        if worst
            .as_ref()
            .is_none_or(|(verdict, _)| next.0.severity > verdict.severity)
        {
            worst = Some(next);
        }
        if bad {
            break;
        }
    }
    worst.unwrap_or_else(|| {
        (
            unknown(&case.id, "the case was not run"),
            History::default(),
        )
    })
}

/// One run of a case; a second one on a fresh lab when the first came to nothing. A finding against
/// the agent is never run again: one that passes the second time is a finding all the same.
fn once_or_again(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let first = once(case, crew, &Patience::NONE);
    let lost = first.0.severity == Severity::Unknown;
    if lost && !crew.interrupted.load(Ordering::Relaxed) {
        // What the second run comes to is the verdict; nothing else would tell that the lab was at fault.
        let why = first.0.findings.first().map(|finding| &finding.seen);
        crew.tell(Event::StepBegan {
            id: case.id.clone(),
            text: format!("once more: {}", why.map_or("", |why| why)),
        });
        once(case, crew, &Patience::of(&first.1))
    } else {
        first
    }
}

fn once(case: &LoadedCase, crew: &Crew, patience: &Patience) -> (Verdict, History) {
    let judged = |history: &History| judge::judge(&case.id, &case.spec, history, &crew.facts());
    let mut verdict = None;
    let acted = on_a_lab(
        &case.id,
        Equipment::from(&case.spec.needs),
        crew,
        &mut |lab, actors| {
            let actors = Actors { patience, ..actors };
            let history = drive::perform(&case.spec, lab, actors);
            if !crew.keep.has_room() {
                return history.into();
            }
            // Whether the lab is kept depends on the verdict.
            let early = verdict.insert(judged(&history)).clone();
            let keep = end_of(early, crew).has_failed();
            Acted { history, keep }
        },
    );
    match acted {
        Ok(mut history) => {
            let verdict = verdict.unwrap_or_else(|| judged(&history));
            if !verdict.findings.iter().any(Finding::is_left_behind) {
                return (verdict, history);
            }
            judge::note_usual_leftovers(&mut history, usual::leftovers(crew));
            (judged(&history), history)
        }
        Err(why) => (unknown(&case.id, &why), History::default()),
    }
}

/// What was done and seen on a lab, and whether the lab is kept as it is now.
pub(crate) struct Acted {
    history: History,
    keep: bool,
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

/// Carries something out on a lab of the pool with that equipment; the steps are told under that id.
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
    let lease = crew.pool.lease(equipment)?;
    let on_step = |text: &str| {
        crew.tell(Event::StepBegan {
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

/// A verdict that says nothing of the agent, and why.
pub(crate) fn unknown(id: &CaseId, seen: &str) -> Verdict {
    let finding = Finding::of_the_lab("a lab that can carry the case out", seen);
    Verdict::of(id.clone(), vec![finding], Vec::new())
}
