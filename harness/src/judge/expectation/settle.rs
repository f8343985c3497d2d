//! A `settle` whose condition did not come true.

use crate::case::{CaseSpec, Check, Settle, SignalName, Step};
use crate::history::{StepPath, What};
use crate::judge::condition::examine;
use crate::judge::evidence::Evidence;
use crate::judge::record::Record;
use crate::judge::weighing::Weighing;
use crate::judge::{AgentFacts, Finding, StepPart};
use crate::ocf::Verb;

/// Judges a `settle` that did not come true.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    path: &StepPath,
    settle: &Settle,
    weighing: &mut Weighing,
) {
    let entries = evidence.record.entries;
    let Some(index) = entries.iter().position(
        |entry| matches!(&entry.what, What::Settled { path: settled, .. } if settled == path),
    ) else {
        return;
    };
    if settle.optional || matches!(entries[index].what, What::Settled { held: true, .. }) {
        return;
    }
    let then = Record::of(&entries[..index]);
    let then = examine(&settle.until, &then, &AgentFacts::default());
    let expected = format!("{} within {}", then.expected, settle.within);
    let seen = format!("at the end of it {}", then.seen);
    let unmet = Finding {
        at: Some(entries[index].at),
        run: then.run,
        ..evidence.of_step(path, StepPart::Settle, expected, seen)
    };
    // What a cluster does in which time is its own.
    let of_the_cluster = matches!(settle.until, Check::Cluster(_));
    if of_the_cluster || is_of_the_lab(evidence.spec, path) {
        weighing.unknown(unmet);
    } else {
        weighing.unmet(unmet);
    }
}

/// Whether a settle waits for what guest or libvirt make of the step before it, in which the agent has no part.
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
