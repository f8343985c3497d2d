//! What the case itself demands: `returns` and `within` of each run, `check` and `settle` at
//! their moment, `then` at the end.

mod fence;
mod run;
mod settle;
mod unused_answers;

use self::unused_answers::UnusedAnswers;
use super::condition::{Examined, Held, examine};
use super::evidence::Evidence;
use super::record::Record;
use super::weighing::Weighing;
use super::{Finding, StepPart};
use crate::case::{Check, CheckNeed, Step, StepAt};
use crate::history::{StepPath, What};

/// Judges everything that `when` and `then` demand.
pub(super) fn judge(evidence: &Evidence<'_>, weighing: &mut Weighing) {
    let unused = UnusedAnswers::of(evidence);
    weighing.notes.extend(unused.notes());
    for StepAt { path, step } in evidence.spec.steps() {
        let begun = evidence.has_begun(&path);
        match step {
            // Its steps are judged one by one.
            Step::Together(_) => {}
            _ if !begun && evidence.complete => {
                weighing.unknown(not_carried_out(evidence, &path));
            }
            _ if !begun => {}
            Step::Run(run) => {
                run::judge(evidence, &path, &unused.loosen(&path, run), weighing);
            }
            Step::Fence(step) => fence::judge(evidence, &path, step, weighing),
            Step::Check(check) => judge_check(evidence, &path, check, weighing),
            Step::Settle(settle) => settle::judge(evidence, &path, settle, weighing),
            _ => {}
        }
    }
    if evidence.complete {
        for (index, check) in evidence.spec.then.iter().enumerate() {
            let examined = examine(check, evidence.record, evidence.facts);
            weigh(check, examined, weighing, |expected, seen| {
                evidence.of_then(index, expected, seen)
            });
        }
    }
}

/// Judges a `check` by everything seen before the next step began: the driver makes every witness look first.
fn judge_check(evidence: &Evidence<'_>, path: &StepPath, check: &Check, weighing: &mut Weighing) {
    let entries = evidence.record.entries;
    let begun = entries.iter().position(|entry| is_step(&entry.what, path));
    let after = begun.map_or(0, |index| index + 1);
    let ends = |what: &What| matches!(what, What::Step { .. } | What::Done);
    let length = entries[after..].iter().position(|entry| ends(&entry.what));
    let end = length.map_or(entries.len(), |length| after + length);
    let seen = Record::of(&entries[..end]);
    let examined = examine(check, &seen, evidence.facts);
    weigh(check, examined, weighing, |expected, seen| {
        evidence.of_step(path, StepPart::Check, expected, seen)
    });
}

fn is_step(what: &What, wanted: &StepPath) -> bool {
    matches!(what, What::Step { path, .. } if path == wanted)
}

/// Adds what an examined check came to; `finding` makes a finding of what was expected and seen.
fn weigh(
    check: &Check,
    examined: Examined,
    weighing: &mut Weighing,
    finding: impl FnOnce(String, String) -> Finding,
) {
    let held = examined.held;
    let unmet = Finding {
        at: examined.at,
        node: examined.node,
        run: examined.run,
        ..finding(examined.expected, examined.seen)
    };
    match held {
        Held::Yes => {}
        Held::No if check.needs().contains(&CheckNeed::Scheduler) => {
            weighing.unmet_by_the_cluster(unmet);
        }
        Held::No => weighing.unmet(unmet),
        Held::Unseen => weighing.unknown(unmet),
        Held::Reported => weighing.notes.push(unmet.seen),
    }
}

fn not_carried_out(evidence: &Evidence<'_>, path: &StepPath) -> Finding {
    evidence.of_step(
        path,
        StepPart::Whole,
        "every step to be carried out",
        "this step is not in the history",
    )
}
