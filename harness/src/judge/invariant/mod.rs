//! What must hold in every history of every case. The numbers are those of `DESIGN.md`.
//!
//! Each invariant is a function of its own, and silent where the witnesses did not see enough.

mod arrival;
mod ban;
mod belief;
mod breach;
mod bystander;
mod calm;
mod config;
mod double;
mod ending;
mod failed_migrate;
mod failure;
mod fenced;
mod fencing;
mod interpreter;
mod live;
mod migration;
mod monitor;
mod remains;
mod stale;
mod start;
mod stop;
mod untouched;

pub(super) use double::is_written as doubled_on_disk;
pub(super) use interpreter::silent as interpreter_silent;
pub(super) use remains::{all as remains, usual as usual_remains};

use super::record::Record;
use super::{AgentFacts, Finding, Invariant};
use crate::case::{CaseSpec, Family};

/// Judges all invariants; `complete` says that the history holds the final look.
pub(super) fn judge(
    spec: &CaseSpec,
    record: &Record<'_>,
    facts: &AgentFacts,
    complete: bool,
) -> Vec<Finding> {
    let dialect = facts.dialect.rules();
    let demanded = |finding: &Finding| {
        let mut clauses = finding.clauses.iter();
        finding.clauses.is_empty() || clauses.any(|clause| dialect.demands(&clause.0))
    };
    let mut findings = of_every_dialect(spec, &record.of_the_agent(), complete);
    if dialect.binds_codes() {
        findings.extend(ending::misplaced(spec, record));
    }
    if Family::Rgmanager.has(facts.dialect) && spec.needs.lab.has_real_guest() {
        findings.extend(failed_migrate::told_where_it_runs(spec, record));
    }
    if complete && spec.needs.lab.has_real_guest() {
        findings.extend(belief::is_true(spec, record));
    }
    findings.retain(demanded);
    findings
}

/// As [`judge`], for a dialect that demands every clause.
fn of_every_dialect(spec: &CaseSpec, record: &Record<'_>, complete: bool) -> Vec<Finding> {
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
    findings.extend(fencing::is_true(spec, record));
    findings.extend(bystander::lives(record));
    findings.extend(fenced::was_needless(spec, record));
    findings.extend(failure::was_needless(spec, record));
    if !findings
        .iter()
        .any(|one| one.breaks(Invariant::MigrationKeepsGuest))
    {
        findings.extend(live::kept_the_guest(spec, record));
    }
    if complete {
        findings.extend(migration::left_one_or_none(spec, record));
        findings.extend(remains::none(spec, record));
    }
    findings
}
