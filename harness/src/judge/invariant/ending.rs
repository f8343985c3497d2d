use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, Fault, Step};
use crate::history::{Exit, Moment, Outcome};
use crate::judge::cluster;
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant};
use crate::ocf::{Code, Verb};

/// Invariant 9: every action ended within its timeout, with a code the standard knows, and
/// what it printed is bounded and readable.
///
/// An overrun of a step's own run is reported by its `returns`, at the case's level.
pub(super) fn standard(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ran in &record.runs {
        let Some(outcome) = ran.outcome() else {
            continue;
        };
        findings.extend(overran(spec, record, ran));
        if !is_killed_from_outside(spec, record, ran) {
            findings.extend(strange_end(ran, outcome));
        }
        findings.extend(unreadable(ran, outcome));
    }
    findings
}

/// The same of codes that the standard knows for other actions, and that the case does not name.
pub(super) fn misplaced(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let unnamed = record.runs.iter().filter(|ran| !names_code(spec, ran));
    unnamed.filter_map(misplaced_code).collect()
}

fn breach<'a>(
    ran: &'a Ran<'_>,
    clauses: &'a [&'a str],
    expected: &str,
    seen: String,
) -> Breach<'a> {
    Breach {
        invariant: Invariant::StandardEnd,
        clauses,
        at: Some(ran.ended()),
        node: Some(&ran.invocation.node),
        run: Some(ran.invocation.id),
        expected: format!("{} to {expected}", ran.name()),
        seen,
    }
}

fn overran(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Option<Finding> {
    let outcome = ran.outcome()?;
    // What a case does to the lab, or a timeout of its own, is judged by what it demands of the cluster.
    let alone = !ran.is_of_cluster()
        || !(calm::harmed(spec, record, Moment(0), ran.ended()) || cluster::is_hurried(spec, ran));
    let is_judged = ran.invocation.step().is_none() && alone;
    let seen = || outcome.exit.to_string();
    let late = outcome.exit == Exit::TimedOut && !outcome.is_starved() && ran.hurried().is_none();
    (is_judged && late)
        .then(|| breach(ran, &["OCF-TIME-01"], "end before its timeout", seen()).fail())
}

/// Whether a run that the cluster asked for was killed by the cluster, with the cluster's daemons, or with its node, or
/// printed something when its executor was gone.
fn is_killed_from_outside(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let harmed = || calm::harmed(spec, record, Moment(0), ran.ended());
    let executor_is_harmed = |step: &Step| matches!(step, Step::Fault(Fault::Pacemaker { .. }));
    let from_outside = match ran.outcome().map(|outcome| outcome.exit) {
        Some(Exit::Signal(KILL)) => cluster::is_cancelled(record, ran) || harmed(),
        Some(Exit::Signal(PIPE)) => spec.any_step(executor_is_harmed) && harmed(),
        _ => false,
    };
    from_outside && ran.is_of_cluster()
}

/// The signal that can't be handled.
const KILL: i32 = 9;

/// The signal of who prints what nobody reads any more.
const PIPE: i32 = 13;

fn strange_end(ran: &Ran<'_>, outcome: &Outcome) -> Option<Finding> {
    match outcome.exit {
        Exit::Other(_) | Exit::Signal(_) => {
            let seen = outcome.exit.to_string();
            Some(
                breach(
                    ran,
                    &["OCF-EXIT-10"],
                    "end with a code of the standard",
                    seen,
                )
                .fail(),
            )
        }
        Exit::Code(_) | Exit::OfDialect(_) | Exit::Fence(_) | Exit::TimedOut | Exit::Killed => None,
    }
}

/// A code that the standard knows, but not for this action.
fn misplaced_code(ran: &Ran<'_>) -> Option<Finding> {
    let code = ran.code()?;
    let (clauses, expected): (&[&str], _) = match code {
        Code::NotRunning if !ran.is_monitor() => {
            (&["OCF-EXIT-07"], "leave OCF_NOT_RUNNING (7) to monitor")
        }
        Code::Degraded if !ran.is_monitor() => {
            (&["OCF-EXIT-09"], "leave OCF_DEGRADED (190) to monitor")
        }
        code if code.is_of_roles() && !(ran.is_monitor() && has_roles(ran)) => (
            &["OCF-EXIT-08"],
            "leave the codes 8, 9 and 191 to monitor of an agent that can be promoted",
        ),
        _ => return None,
    };
    Some(breach(ran, clauses, expected, code.to_string()).fail())
}

/// Whether the agent's metadata say that it can be promoted.
fn has_roles(ran: &Ran<'_>) -> bool {
    ran.advertised
        .is_some_and(|all| all.contains_key(&Verb::Promote) && all.contains_key(&Verb::Demote))
}

/// Whether the case itself names the code that the run ended with, and so allows it.
pub(super) fn names_code(spec: &CaseSpec, ran: &Ran<'_>) -> bool {
    let Some(Step::Run(run)) = ran.step(spec) else {
        return false;
    };
    // No case names the codes of roles.
    let code = ran.code().filter(|code| !code.is_of_roles());
    run.returns
        .0
        .iter()
        .filter(|one| one.is_exact())
        .any(|one| code.is_some_and(|code| one.admits(code)))
}

fn unreadable(ran: &Ran<'_>, outcome: &Outcome) -> Option<Finding> {
    let streams = [
        ("standard output", &outcome.stdout),
        ("standard error", &outcome.stderr),
    ];
    let faults: Vec<_> = streams
        .into_iter()
        .filter_map(|(name, output)| match (output.binary, output.cut) {
            (true, _) => Some(format!("{name} holds bytes that are no readable text")),
            (_, true) => Some(format!("{name} is {} bytes long", output.bytes)),
            _ => None,
        })
        .collect();
    let demand = "print bounded and readable text";
    (!faults.is_empty()).then(|| breach(ran, &["OCF-OUT-01"], demand, faults.join("; ")).warn())
}
