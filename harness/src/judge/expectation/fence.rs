//! What a `fence` demands of the agent: how it ends.

use crate::case::Fence;
use crate::history::{Exit, StepPath, seconds};
use crate::judge::StepPart;
use crate::judge::evidence::Evidence;
use crate::judge::record::Ran;
use crate::judge::weighing::Weighing;
use crate::ocf::FenceCode;

/// Judges the run of the step at that path.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    path: &StepPath,
    fence: &Fence,
    weighing: &mut Weighing,
) {
    let mut runs = evidence.record.runs.iter();
    let Some(ran) = runs.find(|ran| ran.invocation.step() == Some(path)) else {
        return;
    };
    let Some(outcome) = ran.outcome() else { return };
    let allowed = &fence.returns.0;
    let admitted = match outcome.exit {
        Exit::Fence(code) => allowed.iter().any(|returned| returned.admits(code)),
        // No code of the API, and yet no success.
        Exit::OfDialect(_) | Exit::Other(_) => {
            allowed.iter().any(|one| one.admits(FenceCode::Failure))
        }
        _ => false,
    };
    if admitted {
        return;
    }
    let words: Vec<_> = allowed.iter().map(ToString::to_string).collect();
    let expected = format!("{} to end with {}", ran.name(), words.join(" or "));
    let mut unmet = evidence.of_step(path, StepPart::Returns, expected, ending(ran));
    unmet.at = Some(ran.ended());
    unmet.node = Some(ran.invocation.node.clone());
    unmet.run = Some(ran.invocation.id);
    match outcome.exit {
        Exit::TimedOut if outcome.is_starved() => weighing.unknown(unmet),
        _ => weighing.unmet(unmet),
    }
}

/// How it ended, with the last that it said.
fn ending(ran: &Ran<'_>) -> String {
    let Some(outcome) = ran.outcome() else {
        return "no end".to_owned();
    };
    let how = match outcome.exit {
        Exit::TimedOut => format!("overran its timeout of {}", seconds(ran.invocation.timeout)),
        exit => format!("{exit} after {}", seconds(outcome.took)),
    };
    let mut lines = outcome.stderr.text.lines().rev();
    match lines.find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{how}; it says: {}", line.trim()),
        None => how,
    }
}
