//! What must hold in every history of every case. The numbers are those of `DESIGN.md`.
//!
//! Each invariant is a function of its own, and silent where the witnesses did not see enough.

mod arrival;
mod ban;
mod bystander;
mod calm;
mod config;
mod double;
mod ending;
mod interpreter;
mod migration;
mod monitor;
mod remains;
mod stale;
mod start;
mod stop;
mod untouched;

pub use double::Doubled;
pub(super) use double::{is_written as doubled_on_disk, span as doubled};
pub(super) use interpreter::silent as interpreter_silent;
pub(super) use remains::{all as remains, usual as usual_remains};

use super::record::Record;
use super::{Facts, Finding, Severity};
use crate::case::{CaseSpec, ClauseId};
use crate::history::{Moment, NodeName};

/// Judges all invariants; `over` says that the history holds the final look.
pub(super) fn judge(
    spec: &CaseSpec,
    record: &Record<'_>,
    facts: &Facts,
    over: bool,
) -> Vec<Finding> {
    let dialect = facts.dialect.rules();
    let demanded = |finding: &Finding| {
        let mut clauses = finding.clauses.iter();
        clauses.any(|clause| dialect.demands(&clause.0))
    };
    let mut findings = of_every_dialect(spec, record, over);
    findings.retain(demanded);
    findings
}

fn of_every_dialect(spec: &CaseSpec, record: &Record<'_>, over: bool) -> Vec<Finding> {
    let mut findings = config::unchanged(spec, record);
    findings.extend(ending::standard(spec, record));
    // In the driver lab no guest is real and nothing lasts: there is nothing a witness could see.
    if !spec.needs.lab.has_real_guest() {
        return findings;
    }
    findings.extend(double::never(spec, record));
    findings.extend(stale::never(record));
    findings.extend(stop::left_nothing(spec, record));
    findings.extend(start::left_a_guest(spec, record));
    findings.extend(monitor::told_the_truth(spec, record));
    findings.extend(migration::kept_the_guest(spec, record));
    findings.extend(arrival::came_true(spec, record));
    findings.extend(untouched::by_lookers(spec, record));
    findings.extend(ban::for_a_moments_trouble(spec, record));
    findings.extend(bystander::lives(record));
    if over {
        findings.extend(migration::left_one_or_none(spec, record));
        findings.extend(remains::none(spec, record));
    }
    findings
}

/// The clauses that the invariants judge, so that every case decides them.
pub const CLAUSES: [&str; 26] = [
    "DBL-01",
    "DBL-05",
    "DBL-19",
    "MIG-01",
    "MIG-02",
    "MIG-03",
    "MIG-ATOMIC-01",
    "MIG-FROM-01",
    "MIG-STOP-02",
    "OCF-ACT-07",
    "OCF-CONC-01",
    "OCF-EXIT-00",
    "OCF-EXIT-07",
    "OCF-EXIT-08",
    "OCF-EXIT-09",
    "OCF-EXIT-10",
    "OCF-EXIT-11",
    "OCF-EXIT-12",
    "OCF-OUT-01",
    "OCF-OUT-03",
    "OCF-PROBE-02",
    "OCF-TIME-01",
    "START-01",
    "START-04",
    "STOP-01",
    "STOP-16",
];

/// A breach of an invariant, to be filled in.
struct Breach<'a> {
    number: u8,
    clauses: &'a [&'a str],
    at: Option<Moment>,
    node: Option<&'a NodeName>,
    /// The number of the run that broke it.
    run: Option<u32>,
    expected: String,
    seen: String,
}

impl Breach<'_> {
    fn weighing(self, severity: Severity) -> Finding {
        let known = |clause: &&str| CLAUSES.contains(clause);
        debug_assert!(self.clauses.iter().all(known), "{:?}", self.clauses);
        Finding {
            severity,
            clauses: self
                .clauses
                .iter()
                .map(|id| ClauseId((*id).to_owned()))
                .collect(),
            place: format!("invariant {}", self.number),
            at: self.at,
            node: self.node.cloned(),
            run: self.run,
            expected: self.expected,
            seen: self.seen,
        }
    }

    fn fail(self) -> Finding {
        self.weighing(Severity::Fail)
    }

    fn warn(self) -> Finding {
        self.weighing(Severity::Warn)
    }
}
