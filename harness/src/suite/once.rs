//! One case from its lease to its verdict, which goes out as an event and into the results.

use std::sync::atomic::Ordering;

use super::lease::{Acted, on_a_lab};
use super::{Crew, usual};
use crate::case::{CaseId, LoadedCase};
use crate::drive::{self, Actors, Patience};
use crate::equipment::Equipment;
use crate::history::History;
use crate::judge::{self, Finding, Known, Severity, Verdict};
use crate::report::{CaseEnd, Event};
use crate::scheduler::{self, Simulator};

/// Runs one case with all its repetitions and saves the results. The text is its diagnosis.
pub(super) fn carry_out(case: &LoadedCase, crew: &Crew) -> (CaseEnd, String) {
    crew.send(Event::CaseStarted {
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
    let is_bad = verdict.severity != Severity::Pass;
    let end = CaseEnd {
        diagnosis: is_bad.then(|| text.clone()),
        ..end_of(verdict, crew)
    };
    crew.send(Event::CaseEnded(Box::new(end.clone())));
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
        let next = retry_if_unknown(case, crew);
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

/// Runs a case, and once more on a fresh lab if the verdict is `unknown`. A case with a finding against the agent is never
/// run again: one that passes the second time is a finding all the same.
fn retry_if_unknown(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let first = once(case, crew, &Patience::NONE);
    // A scheduler says the same again.
    let lost = first.0.severity == Severity::Unknown && case.spec.needs.lab.has_nodes();
    if lost && !crew.interrupted.load(Ordering::Relaxed) {
        // What the second run comes to is the verdict; nothing else would say that the lab was at fault.
        let why = first.0.findings.first().map(|finding| &finding.seen);
        crew.send(Event::StepBegan {
            id: case.id.clone(),
            text: format!("retrying on a fresh lab: {}", why.map_or("", |why| why)),
        });
        once(case, crew, &Patience::from_history(&first.1))
    } else {
        first
    }
}

fn once(case: &LoadedCase, crew: &Crew, patience: &Patience) -> (Verdict, History) {
    let judged = |history: &History| judge::judge(&case.id, &case.spec, history, &crew.facts());
    if !case.spec.needs.lab.has_nodes() {
        let history = without_a_lab(case, crew);
        return (judged(&history), history);
    }
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

/// Carries out a case that no lab of the pool takes part in.
fn without_a_lab(case: &LoadedCase, crew: &Crew) -> History {
    let on_step = |text: &str| {
        crew.send(Event::StepBegan {
            id: case.id.clone(),
            text: text.to_owned(),
        });
    };
    scheduler::perform(&case.spec, Simulator::here(), &on_step)
}

/// A verdict that says nothing about the agent, with its reason.
pub(crate) fn unknown(id: &CaseId, seen: &str) -> Verdict {
    let finding = Finding::of_the_lab("a lab that can carry the case out", seen);
    Verdict::of(id.clone(), vec![finding], Vec::new())
}
