//! Every step and every check of a case, with the path of each.

use crate::case::{CaseSpec, Check, Fault, Run, Step};

/// A step with the path of its value, such as `when[2].run`.
pub(super) struct At<'a, T> {
    pub(super) path: String,
    pub(super) item: &'a T,
}

/// Every step, those of `together` and `during` after what they are in.
pub(super) fn steps(spec: &CaseSpec) -> Vec<At<'_, Step>> {
    let mut found = Vec::new();
    below("when", &spec.when, &mut found);
    found
}

fn below<'a>(list: &str, steps: &'a [Step], found: &mut Vec<At<'a, Step>>) {
    for (position, step) in steps.iter().enumerate() {
        one(&format!("{list}[{position}]"), step, found);
    }
}

fn one<'a>(place: &str, step: &'a Step, found: &mut Vec<At<'a, Step>>) {
    let path = format!("{place}.{}", word(step));
    found.push(At {
        path: path.clone(),
        item: step,
    });
    match step {
        Step::Together(inner) => below(&path, inner, found),
        Step::Run(run) => {
            for (position, during) in run.during.iter().enumerate() {
                one(
                    &format!("{path}.during[{position}].do"),
                    &during.deed,
                    found,
                );
            }
        }
        _ => {}
    }
}

/// Every run.
pub(super) fn runs(spec: &CaseSpec) -> Vec<At<'_, Run>> {
    let steps = steps(spec).into_iter();
    steps
        .filter_map(|At { path, item }| match item {
            Step::Run(run) => Some(At { path, item: run }),
            _ => None,
        })
        .collect()
}

/// Every fault, with the path of its own key: `when[1].fault.daemon`.
pub(super) fn faults(spec: &CaseSpec) -> Vec<At<'_, Fault>> {
    let steps = steps(spec).into_iter();
    steps
        .filter_map(|At { path, item }| match item {
            Step::Fault(fault) => Some(At {
                path: format!("{path}.{}", fault.key()),
                item: fault,
            }),
            _ => None,
        })
        .collect()
}

/// Every check of `when` and `then`, with the path of its own key: `then[0].running`.
pub(super) fn checks(spec: &CaseSpec) -> Vec<At<'_, Check>> {
    let in_steps = steps(spec)
        .into_iter()
        .filter_map(|At { path, item }| match item {
            Step::Check(check) => Some(check_at(&path, check)),
            Step::Settle(settle) => Some(check_at(&format!("{path}.until"), &settle.until)),
            _ => None,
        });
    in_steps
        .chain(spec.then.iter().enumerate().map(then))
        .collect()
}

/// The path of a check in `then`.
pub(super) fn then((position, check): (usize, &Check)) -> At<'_, Check> {
    check_at(&format!("then[{position}]"), check)
}

/// A check in the one-key map at `path`.
pub(super) fn check_at<'a>(path: &str, check: &'a Check) -> At<'a, Check> {
    At {
        path: format!("{path}.{}", check.key()),
        item: check,
    }
}

/// A step's key.
pub(super) fn word(step: &Step) -> &'static str {
    match step {
        Step::Run(_) => "run",
        Step::Together(_) => "together",
        Step::Fault(_) => "fault",
        Step::Heal(_) => "heal",
        Step::Outside(_) => "outside",
        Step::Guest(_) => "guest",
        Step::Settle(_) => "settle",
        Step::Check(_) => "check",
        Step::Signal(_) => "signal",
    }
}
