//! Invariant 1: never two running instances.
//!
//! The guest's own writes are the proof: they need no clock and no trust in libvirt. Samples of
//! libvirt and of the process table are not taken at the same instant on two nodes, so they prove
//! something only where they interleave.

mod looks;
mod writes;

use std::collections::BTreeSet;

use super::Breach;
use crate::case::{CaseSpec, Level, Step};
use crate::history::{Moment, NodeName};
use crate::judge::Finding;
use crate::judge::record::Record;
use crate::ocf::Verb;

/// When, and where, two instances of the guest ran at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubled {
    /// When the second one is first known to run beside the other.
    pub from: Moment,
    /// The last moment at which both are known to run.
    pub to: Moment,
    /// The nodes that they ran on: two, or one with both.
    pub nodes: BTreeSet<NodeName>,
}

/// Judges that no two instances ran at once; one finding is enough, the best proven.
///
/// Silent where the case itself orders it: see [`is_ordered`].
pub(super) fn never(spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
    let proof = proof(record).filter(|_| !is_ordered(spec))?;
    let breach = Breach {
        number: 1,
        clauses: &["DBL-01", "MIG-ATOMIC-01"],
        at: Some(proof.at),
        node: None,
        run: record.last_act(proof.span.from, None),
        expected: "never two running instances of the guest".to_owned(),
        seen: proof.seen,
    };
    Some(breach.fail())
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

/// The span of what [`never`] found.
pub(in crate::judge) fn span(record: &Record<'_>) -> Option<Doubled> {
    proof(record).map(|proof| proof.span)
}

/// Whether the guest's own writes prove it: no proof is better, and none comes later.
pub(in crate::judge) fn is_written(record: &Record<'_>) -> bool {
    writes::proof(record).is_some()
}

fn proof(record: &Record<'_>) -> Option<Proof> {
    writes::proof(record).or_else(|| looks::proof(record))
}

struct Proof {
    at: Moment,
    seen: String,
    span: Doubled,
}

/// The span between two moments on these nodes.
fn doubled<'a>(from: Moment, to: Moment, nodes: impl IntoIterator<Item = &'a NodeName>) -> Doubled {
    Doubled {
        from,
        to: to.max(from),
        nodes: nodes.into_iter().cloned().collect(),
    }
}
