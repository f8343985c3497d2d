//! Invariant 16: no action fails in a cluster without a reason.
//!
//! Only the first failure of a case is judged, as later ones may follow from it; and only where nothing was done that could
//! be its reason.

use super::breach::Breach;
use super::{ban, calm};
use crate::case::{CaseSpec, ClusterDo, Step};
use crate::history::{DomainState, Exit, Guest, Moment};
use crate::judge::record::{DomainSeen, Ran, Record};
use crate::judge::{Finding, Invariant, Severity, cluster};
use crate::ocf::{Code, Verb};

/// Judges the first failure of an action that the cluster asked for.
pub(super) fn was_needless(spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
    let mut failed: Vec<_> = { record.runs.iter() }
        .filter(|ran| is_failure(ran))
        .collect();
    failed.sort_by_key(|ran| ran.ended());
    let ran = failed.first()?;
    let is_judged = ban::is_sound_world(spec)
        && spec.given.guest.is_none()
        && !was_provoked(spec, record, ran)
        && !(ran.is_monitor() && is_true(record, ran));
    is_judged.then(|| breach(ran))
}

fn breach(ran: &Ran<'_>) -> Finding {
    let outcome = ran.outcome();
    let breach = Breach {
        invariant: Invariant::NoNeedlessFailure,
        clauses: &["CLU-22"],
        at: Some(ran.ended()),
        node: Some(&ran.invocation.node),
        run: Some(ran.invocation.id),
        expected: format!(
            "{} to succeed, for nothing was done to make it fail",
            ran.name()
        ),
        seen: outcome.map_or_else(String::new, |outcome| outcome.exit.to_string()),
    };
    breach.weigh(match cluster::is_starved(ran) {
        true => Severity::Unknown,
        false => Severity::Fail,
    })
}

/// Whether the cluster takes a run for a failed action. A probe only looks, and a stop that fails has its node fenced.
fn is_failure(ran: &Ran<'_>) -> bool {
    let ended = ran.outcome().map(|outcome| outcome.exit);
    let failed = matches!(
        ended,
        Some(Exit::Code(_) | Exit::OfDialect(_) | Exit::Other(_) | Exit::TimedOut)
    );
    let counts = match ran.verb() {
        Some(Verb::Start) => true,
        Some(verb) if verb.is_monitor() => !ran.is_probe(),
        _ => ran.is_migration(),
    };
    ran.is_of_cluster() && counts && failed && !is_well(ran)
}

fn is_well(ran: &Ran<'_>) -> bool {
    let good = [Code::Success, Code::Degraded, Code::RunningPromoted];
    ran.code().is_some_and(|code| good.contains(&code))
}

/// Whether the case did anything until a run's end that may have made it fail, or gave it a timeout of its own.
fn was_provoked(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let provokes = |step: &Step| match step {
        Step::Signal(_) | Step::Heal(_) => true,
        Step::Cluster(deed) => matches!(
            deed,
            ClusterDo::Answer(_) | ClusterDo::Hold(_) | ClusterDo::Fence(_) | ClusterDo::Delete
        ),
        _ => false,
    };
    let mut steps = record.steps().filter(|(at, _)| *at <= ran.ended());
    // An action of which the metadata know nothing is not the agent's to carry out.
    let unadvertised = ran.code() == Some(Code::ErrUnimplemented);
    let elsewhere = ran.is(&Verb::Start) && has_another(record, ran);
    steps.any(|(_, path)| spec.step(path).is_some_and(provokes))
        || calm::harmed(spec, record, Moment(0), ran.ended())
        || calm::overlapped(record, ran, |other| other.is_act())
        || cluster::is_hurried(spec, ran)
        || unadvertised
        || elsewhere
        || is_unsent(record, ran)
}

/// Whether it is a `migrate_from` of a guest that nobody sent: Pacemaker believes a guest on both nodes if two results fell
/// into one second, and takes that for a migration of which half is done.
fn is_unsent(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let here = |other: &&Ran<'_>| {
        let before = other.is_act() && other.began < ran.began;
        before && Some(&other.invocation.node) == ran.invocation.from.as_ref()
    };
    let last = { record.runs.iter().filter(here) }.max_by_key(|other| other.began);
    ran.is(&Verb::MigrateFrom) && last.is_some_and(|last| !last.is(&Verb::MigrateTo))
}

/// Whether an instance was anywhere when a start began, which is a reason to refuse.
fn has_another(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let there = |node| {
        let look = record
            .emulators(node, Guest::Subject)
            .rfind(|look| look.at <= ran.began);
        look.is_some_and(|look| !look.found.is_empty())
    };
    record.nodes().into_iter().any(there)
}

/// Whether a monitor that failed may be right: its guest was not seen to run all the time.
fn is_true(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let running = |seen: &DomainSeen| seen.state == Some(DomainState::Running);
    let answers = record.domains(&ran.invocation.node, Guest::Subject);
    let answers: Vec<_> = answers.filter(|seen| seen.at <= ran.ended()).collect();
    let before = answers.iter().rposition(|seen| seen.at <= ran.began);
    before.is_none_or(|first| !answers[first..].iter().all(running))
}
