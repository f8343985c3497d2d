//! What a `settle` that did not come true says, and of whom.

use super::finding;
use crate::case::{CaseSpec, Settle, SignalName, Step};
use crate::history::{StepPath, What};
use crate::judge::Facts;
use crate::judge::condition::examine;
use crate::judge::decide::Told;
use crate::judge::record::Record;
use crate::ocf::Verb;

/// Judges a `settle` that did not come true.
pub(super) fn judge(
    spec: &CaseSpec,
    record: &Record<'_>,
    path: &StepPath,
    settle: &Settle,
    told: &mut Told,
) {
    let index = record.entries.iter().position(
        |entry| matches!(&entry.what, What::Settled { path: settled, .. } if settled == path),
    );
    let Some(index) = index else { return };
    let held = matches!(record.entries[index].what, What::Settled { held: true, .. });
    if held {
        return;
    }
    let then = examine(
        &settle.until,
        &Record::of(&record.entries[..index]),
        &Facts::default(),
    );
    let place = format!("{path}.settle");
    let expected = format!("{} within {}", then.expected, settle.within);
    let mut unmet = finding(
        spec,
        place,
        expected,
        format!("at the end of it {}", then.seen),
    );
    unmet.at = Some(record.entries[index].at);
    unmet.run = then.run;
    if is_of_the_lab(spec, path) {
        told.unknown(unmet);
    } else {
        told.unmet(unmet);
    }
}

/// Whether a settle waits for what guest or libvirt make of the deed before it, in which the agent has no part.
fn is_of_the_lab(spec: &CaseSpec, path: &StepPath) -> bool {
    let mut earlier = path.earlier().filter_map(|path| spec.step(&path));
    let before = earlier.find(|step| !matches!(step, Step::Check(_)));
    // Those of a `together` come at once, so none is before another.
    !path.is_together() && before.is_some_and(is_done_to_the_lab)
}

/// Whether a step does something to guest or libvirt, while the agent looks on at most.
fn is_done_to_the_lab(step: &Step) -> bool {
    match step {
        Step::Fault(_) | Step::Guest(_) | Step::Outside(_) | Step::Heal(_) => true,
        Step::Signal(signal) => signal.signal == SignalName::Stop,
        Step::Together(inner) => {
            let looks =
                |step: &Step| matches!(step, Step::Run(run) if run.action == Some(Verb::Monitor));
            inner.iter().any(is_done_to_the_lab)
                && inner
                    .iter()
                    .all(|step| looks(step) || is_done_to_the_lab(step))
        }
        _ => false,
    }
}
