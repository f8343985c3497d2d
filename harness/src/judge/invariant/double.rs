//! Invariant 1: never two running instances.
//!
//! The guest's own writes are the proof: they need no clock and no trust in libvirt. Samples of
//! libvirt and of the process table are not taken at the same instant on two nodes, so they prove
//! something only where they interleave.

mod looks;
mod proof;
mod writes;

use std::collections::BTreeSet;

use self::proof::Proof;
use super::breach::Breach;
use crate::case::{CaseSpec, Level, Outside, Step};
use crate::judge::record::Record;
use crate::judge::{Doubled, Finding, Invariant};
use crate::ocf::Verb;

/// Judges that no two instances ran at once; one finding is enough, the best proven.
///
/// Silent where the case itself orders it: see [`is_ordered`] and [`is_of_the_case`].
pub(super) fn never(spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
    let proof = proof(record).filter(|_| !is_ordered(spec))?;
    if is_of_the_case(spec, record, &proof.span) {
        return None;
    }
    let breach = Breach {
        invariant: Invariant::NeverTwice,
        clauses: &["DBL-01", "MIG-ATOMIC-01"],
        at: Some(proof.at),
        node: None,
        run: record.last_act(proof.span.from, None),
        expected: "never two running instances of the guest".to_owned(),
        seen: proof.seen,
    };
    Some(Finding {
        doubled: Some(proof.span),
        ..breach.fail()
    })
}

/// Whether a case that only reports starts the guest on two nodes at once, where no disk has a lock: what an
/// agent does then is its policy (DBL-12), for no resource agent can see what another node begins just now.
fn is_ordered(spec: &CaseSpec) -> bool {
    let starts_on_two = |step: &Step| match step {
        Step::Together(steps) => {
            let starts = steps.iter().filter_map(|step| match step {
                Step::Run(run) if run.action == Some(Verb::Start) => Some(&run.node),
                _ => None,
            });
            starts.collect::<BTreeSet<_>>().len() > 1
        }
        _ => false,
    };
    spec.level == Level::May && spec.needs.lock.is_none() && spec.any_step(starts_on_two)
}

/// Whether the case itself brought a second instance about: an operator created it by hand, or the fence device said that
/// a node was down which was not.
fn is_of_the_case(spec: &CaseSpec, record: &Record<'_>, span: &Doubled) -> bool {
    let creates = |step: &Step| match step {
        Step::Outside(Outside::Create(node)) => span.nodes.contains(node),
        _ => false,
    };
    // The step is recorded before the instance is there.
    let mut steps = record.steps().filter(|(at, _)| *at <= span.from);
    let mut lies = record.lies().filter(|(at, _)| *at <= span.to);
    steps.any(|(_, path)| spec.step(path).is_some_and(creates))
        || lies.any(|(_, node)| span.nodes.contains(node))
}

/// Whether the guest's own writes prove it: no proof is better, and none comes later.
pub(in crate::judge) fn is_written(record: &Record<'_>) -> bool {
    writes::proof(record).is_some()
}

fn proof(record: &Record<'_>) -> Option<Proof> {
    writes::proof(record).or_else(|| looks::proof(record))
}
