//! The runs, faults and checks of a case, each with its path in the file.

use crate::case::{CaseSpec, Check, Fault, Fence, Run, Step, StepAt};

/// Something in a case with the path of its value, such as `when[2].run`.
pub(super) struct At<'a, T> {
    pub(super) path: String,
    pub(super) item: &'a T,
}

/// Every run.
pub(super) fn runs(spec: &CaseSpec) -> Vec<At<'_, Run>> {
    found(spec, |at| match at.step {
        Step::Run(run) => Some(At {
            path: at.value_path(),
            item: run,
        }),
        _ => None,
    })
}

/// Every run as a fence agent.
pub(super) fn fences(spec: &CaseSpec) -> Vec<At<'_, Fence>> {
    found(spec, |at| match at.step {
        Step::Fence(fence) => Some(At {
            path: at.value_path(),
            item: fence,
        }),
        _ => None,
    })
}

/// Every fault, with the path of its own key: `when[1].fault.daemon`.
pub(super) fn faults(spec: &CaseSpec) -> Vec<At<'_, Fault>> {
    found(spec, |at| match at.step {
        Step::Fault(fault) => Some(At {
            path: format!("{}.{}", at.value_path(), fault.kind()),
            item: fault,
        }),
        _ => None,
    })
}

/// Every check of `when` and `then`, with the path of its own key: `then[0].running`.
pub(super) fn checks(spec: &CaseSpec) -> Vec<At<'_, Check>> {
    let in_steps = found(spec, |at| match at.step {
        Step::Check(check) => Some(check_at(&at.value_path(), check)),
        Step::Settle(settle) => Some(condition(&at.value_path(), &settle.until)),
        _ => None,
    });
    in_steps
        .into_iter()
        .chain(spec.then.iter().enumerate().map(then))
        .collect()
}

fn found<'a, T>(
    spec: &'a CaseSpec,
    find: impl FnMut(StepAt<'a>) -> Option<At<'a, T>>,
) -> Vec<At<'a, T>> {
    spec.steps().into_iter().filter_map(find).collect()
}

/// The path of a check in `then`.
pub(super) fn then((position, check): (usize, &Check)) -> At<'_, Check> {
    check_at(&format!("then[{position}]"), check)
}

/// The condition that the `settle` at `path` waits for.
pub(super) fn condition<'a>(path: &str, until: &'a Check) -> At<'a, Check> {
    check_at(&format!("{path}.until"), until)
}

/// A check in the one-key map at `path`.
pub(super) fn check_at<'a>(path: &str, check: &'a Check) -> At<'a, Check> {
    At {
        path: format!("{path}.{}", check.key()),
        item: check,
    }
}
