use super::breach::Breach;
use crate::case::CaseSpec;
use crate::judge::condition::{Truth, renamed, truth};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant};
use crate::ocf::Code;

/// Invariant 4: `monitor` told the truth at some instant between its begin and end, and never
/// said `not_running`, nor as a probe what the cluster takes for it, while an instance was there.
pub(super) fn told_the_truth(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let monitors = record.runs.iter().filter(|ran| ran.is_monitor());
    monitors.filter_map(|ran| lied(spec, record, ran)).collect()
}

fn lied(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let Truth::Contradicted(seen) = truth(ran, record) else {
        return None;
    };
    let breach = Breach {
        invariant: Invariant::MonitorIsTrue,
        clauses: match ran.code() {
            Some(Code::NotRunning) => &["OCF-EXIT-07"],
            Some(Code::ErrArgs | Code::ErrInstalled) => &["OCF-PROBE-02"],
            _ => &["OCF-EXIT-00"],
        },
        at: Some(ran.ended()),
        node: Some(&ran.invocation.node),
        run: Some(ran.invocation.id),
        expected: format!("{} to tell the truth", ran.name()),
        seen,
    };
    Some(breach.weigh(renamed::severity(spec, record, ran)))
}
