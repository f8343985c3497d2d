//! Invariant 5: a migration's success is a claim about where the guest is.

use super::breach::Breach;
use super::{calm, start};
use crate::case::{CaseSpec, Step};
use crate::history::{DomainState, Guest, Moment, NodeName};
use crate::judge::condition::is_received;
use crate::judge::record::{DomainSeen, Ran, Record, SLACK};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Judges that the guest of every successful `migrate_from` runs on its node, and that of every successful
/// `migrate_to` not on the source any more and, where it is live, on the target.
pub(super) fn came_true(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let successes = record.runs.iter().filter(|ran| ran.succeeded());
    successes
        .filter_map(|ran| broken(spec, record, ran))
        .collect()
}

fn broken(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    if spec.given.guest.is_some_and(start::ends_by_itself) || was_disturbed(spec, record, ran) {
        return None;
    }
    let here = &ran.invocation.node;
    if ran.is(&Verb::MigrateFrom) {
        let seen = missing(spec, record, ran, here)?;
        return Some(breach(ran, &["MIG-FROM-01"], here, "run on it", seen));
    }
    if !ran.is(&Verb::MigrateTo) {
        return None;
    }
    if let Some(seen) = left_behind(spec, record, ran) {
        return Some(breach(ran, &["MIG-02"], here, "run on it no more", seen));
    }
    // Between the two halves of a migration that is not live the guest runs nowhere.
    let target = target(spec, ran).filter(|_| record.engine.migrates_live())?;
    let seen = missing(spec, record, ran, target)?;
    Some(breach(ran, &["MIG-02"], target, "run on the target", seen))
}

fn breach(ran: &Ran<'_>, clauses: &[&str], node: &NodeName, what: &str, seen: String) -> Finding {
    let claim = format!(
        "the guest of {}, which returned success, to {what}",
        ran.name()
    );
    Breach {
        invariant: Invariant::MigrationKeepsGuest,
        clauses,
        at: Some(ran.ended()),
        run: Some(ran.invocation.id),
        node: Some(node),
        expected: claim,
        seen,
    }
    .fail()
}

/// The target of a `migrate_to`.
fn target<'a>(spec: &'a CaseSpec, ran: &Ran<'a>) -> Option<&'a NodeName> {
    let by_step = || match ran.step(spec)? {
        Step::Run(run) => run.to.as_ref(),
        _ => None,
    };
    ran.invocation.to.as_ref().or_else(by_step)
}

/// Whether something else than the run may have moved or ended the guest while it ran.
fn was_disturbed(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let acts = |other: &Ran<'_>| {
        // A `migrate_from` beside a `migrate_to` waits for it, or lies about it.
        other.is(&Verb::Start)
            || other.is(&Verb::Stop)
            || (ran.is(&Verb::MigrateTo) && other.is_migration())
    };
    calm::overlapped(record, ran, acts) || calm::harmed(spec, record, ran.began, ran.ended())
}

/// When something else may move or end the guest, once the run has ended.
fn until(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Moment {
    let acts = |other: &Ran<'_>| other.is_act();
    let changes = |step: &Step| !matches!(step, Step::Run(_) | Step::Check(_) | Step::Settle(_));
    calm::until(spec, record, ran, acts, changes)
}

/// What shows that no guest of the migration runs on the node.
fn missing(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>, node: &NodeName) -> Option<String> {
    let (end, until) = (ran.ended(), until(spec, record, ran));
    if start::has_no_emulator(record, node, end, until)? {
        return Some(format!("the process table of {node} has no emulator of it"));
    }
    receives(record, node, end, until).then(|| {
        format!(
            "{} of {node} still receives the guest",
            record.engine.teller()
        )
    })
}

/// Whether libvirt's last answer, before anything else may change it, shows a domain that still receives.
///
/// So is a target between the guest's arrival and its resumption, so what lasts only a moment proves nothing; answers
/// are recorded when they change.
fn receives(record: &Record<'_>, node: &NodeName, end: Moment, until: Moment) -> bool {
    let lasted = until.0 > end.0.saturating_add(SLACK);
    let last = last_answer(record, node, end, until);
    lasted && last.is_some_and(|seen| is_received(&seen))
}

/// What libvirt last said of the guest between two moments.
fn last_answer(
    record: &Record<'_>,
    node: &NodeName,
    end: Moment,
    until: Moment,
) -> Option<DomainSeen> {
    record
        .domains(node, Guest::Subject)
        .rfind(|seen| seen.at >= end && seen.at < until && seen.state.is_some())
}

/// What shows that the source still has an instance.
fn left_behind(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<String> {
    let node = &ran.invocation.node;
    let (end, until) = (ran.ended(), until(spec, record, ran));
    let look = record
        .emulators(node, Guest::Subject)
        .rfind(|look| look.at < until)?;
    let there = look.found.first()?;
    let last = last_answer(record, node, end, until);
    let active = last.is_some_and(|seen| seen.state.is_some_and(DomainState::is_active));
    let after = Moment(end.0.saturating_add(SLACK));
    let writes = record
        .writes(Guest::Subject)
        .any(|write| write.node == node && write.at > after && write.at < until);
    (active || writes).then(|| {
        format!(
            "the process table still has its emulator, process {}",
            there.pid
        )
    })
}
