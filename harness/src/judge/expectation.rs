//! What the case itself demands: `returns` and `within` of each run, `check` and `settle` at
//! their moment, `then` at the end.

mod settle;
mod unasked;

use self::unasked::Unasked;
use super::condition::{Held, examine};
use super::decide::Told;
use super::record::{Ran, Record};
use super::{Facts, Finding, Severity};
use crate::case::{CaseSpec, Check, ClauseId, Level, Returned, Run, Step, StepAt};
use crate::history::{Exit, Outcome, StepPath, What, seconds};

/// Judges everything that `when` and `then` demand; `over` says that the case was carried out.
pub(super) fn judge(
    spec: &CaseSpec,
    record: &Record<'_>,
    facts: &Facts,
    over: bool,
    told: &mut Told,
) {
    let unasked = Unasked::of(spec, record, over);
    unasked.tell(told);
    for StepAt { path, step } in spec.steps() {
        let begun = record.steps().any(|(_, begun)| *begun == path);
        match step {
            // Its steps are judged, and say all that it could.
            Step::Together(_) => {}
            _ if !begun && over => told.unknown(not_carried_out(spec, &path)),
            _ if !begun => {}
            Step::Run(run) => {
                judge_run(spec, record, &path, &unasked.loosen(&path, run), over, told);
            }
            Step::Check(check) => judge_check(spec, record, facts, &path, check, told),
            Step::Settle(settle) => settle::judge(spec, record, &path, settle, told),
            _ => {}
        }
    }
    if over {
        for (index, check) in spec.then.iter().enumerate() {
            let place = format!("then[{index}].{}", check.key());
            weigh(spec, examine(check, record, facts), place, told);
        }
    }
}

fn judge_run(
    spec: &CaseSpec,
    record: &Record<'_>,
    path: &StepPath,
    run: &Run,
    over: bool,
    told: &mut Told,
) {
    let place = format!("{path}.run");
    let runs: Vec<_> = record
        .runs
        .iter()
        .filter(|ran| ran.invocation.step() == Some(path))
        .collect();
    let before = told.findings.len() + told.notes.len();
    for ran in &runs {
        judge_returns(spec, run, ran, &place, told);
        judge_within(spec, run, ran, &place, told);
    }
    let ended = runs.iter().filter(|ran| ran.end.is_some()).count();
    let clean = before == told.findings.len() + told.notes.len();
    if over && clean && ended < run.times as usize {
        let seen = format!("{ended} of {} runs ended in the history", run.times);
        told.unknown(finding(
            spec,
            place,
            "every run of the step in the history",
            seen,
        ));
    }
}

fn judge_returns(spec: &CaseSpec, run: &Run, ran: &Ran<'_>, place: &str, told: &mut Told) {
    let Some(outcome) = ran.outcome() else { return };
    let allowed = &run.returns.0;
    let fits = match outcome.exit {
        Exit::Code(code) => allowed.iter().any(|one| one.admits(code)),
        Exit::Killed => allowed.contains(&Returned::Killed),
        Exit::Other(_) | Exit::Signal(_) | Exit::TimedOut => false,
    };
    if fits {
        return;
    }
    let expected = format!("{} to end with {}", ran.name(), one_of(allowed));
    let mut unmet = finding(spec, format!("{place}.returns"), expected, ending(ran));
    unmet.at = Some(ran.ended());
    unmet.node = Some(ran.invocation.node.clone());
    unmet.run = Some(ran.invocation.id);
    let missed_kill = run.is_killed() && allowed == &[Returned::Killed];
    if missed_kill && ran.code().is_some() {
        unmet.seen = format!("it ended before the case could kill it: {}", unmet.seen);
        told.unknown(unmet);
        return;
    }
    if let Some(asked) = ran.hurried() {
        unmet.seen = format!(
            "{}, and asks for {} in its metadata: that it would have been done by then is not excluded",
            unmet.seen,
            seconds(asked)
        );
        told.unknown(unmet);
    } else if outcome.exit == Exit::TimedOut {
        let clause = ClauseId("OCF-TIME-01".to_owned());
        // A weaker case demands the early end as no more than a wish.
        if spec.level == Level::Must && !unmet.clauses.contains(&clause) {
            unmet.clauses.push(clause);
        }
        late(outcome, unmet, told);
    } else {
        told.unmet(unmet);
    }
}

/// Adds a finding about time, which an overloaded machine turns into one about nothing.
fn late(outcome: &Outcome, mut unmet: Finding, told: &mut Told) {
    if outcome.is_starved() {
        unmet.seen.push_str(OVERLOADED);
        told.unknown(unmet);
    } else {
        told.unmet(unmet);
    }
}

/// What a finding about time says where the machine is to blame.
const OVERLOADED: &str = ", on a machine so overloaded that this says nothing; run fewer --jobs";

fn judge_within(spec: &CaseSpec, run: &Run, ran: &Ran<'_>, place: &str, told: &mut Told) {
    let (Some(within), Some((at, outcome))) = (run.within, ran.end) else {
        return;
    };
    // What overran its timeout is told once, by `returns`; what the case killed has no length.
    let counts = matches!(
        outcome.exit,
        Exit::Code(_) | Exit::Other(_) | Exit::Signal(_)
    );
    if counts && outcome.took > within.0 {
        let expected = format!("{} within {within}", ran.name());
        let seen = format!("it took {}", seconds(outcome.took));
        let mut unmet = finding(spec, format!("{place}.within"), expected, seen);
        unmet.at = Some(at);
        unmet.node = Some(ran.invocation.node.clone());
        unmet.run = Some(ran.invocation.id);
        late(outcome, unmet, told);
    }
}

/// A `check` is judged by everything seen before the next step began: the driver looks for it.
fn judge_check(
    spec: &CaseSpec,
    record: &Record<'_>,
    facts: &Facts,
    path: &StepPath,
    check: &Check,
    told: &mut Told,
) {
    let begun = record
        .entries
        .iter()
        .position(|entry| is_step(&entry.what, path));
    let after = begun.map_or(0, |index| index + 1);
    let ends = |what: &What| matches!(what, What::Step { .. } | What::Done);
    let length = record.entries[after..]
        .iter()
        .position(|entry| ends(&entry.what));
    let end = length.map_or(record.entries.len(), |length| after + length);
    let place = format!("{path}.check.{}", check.key());
    let seen = Record::of(&record.entries[..end]);
    weigh(spec, examine(check, &seen, facts), place, told);
}

fn is_step(what: &What, wanted: &StepPath) -> bool {
    matches!(what, What::Step { path, .. } if path == wanted)
}

fn weigh(spec: &CaseSpec, found: super::condition::Examined, place: String, told: &mut Told) {
    let mut unmet = finding(spec, place, found.expected, found.seen);
    unmet.at = found.at;
    unmet.node = found.node;
    unmet.run = found.run;
    match found.held {
        Held::Yes => {}
        Held::No => told.unmet(unmet),
        Held::Unseen => told.unknown(unmet),
        Held::Told => told.notes.push(unmet.seen),
    }
}

fn not_carried_out(spec: &CaseSpec, path: &StepPath) -> Finding {
    finding(
        spec,
        path.to_string(),
        "every step to be carried out",
        "this step is not in the history",
    )
}

fn finding(
    spec: &CaseSpec,
    place: String,
    expected: impl Into<String>,
    seen: impl Into<String>,
) -> Finding {
    Finding {
        severity: Severity::Fail,
        clauses: spec.clause.clone(),
        place,
        at: None,
        node: None,
        run: None,
        expected: expected.into(),
        seen: seen.into(),
    }
}

/// How a run ended, with the agent's own reason.
fn ending(ran: &Ran<'_>) -> String {
    let Some(outcome) = ran.outcome() else {
        return "no end".to_owned();
    };
    let took = seconds(outcome.took);
    let how = match outcome.exit {
        Exit::TimedOut => format!("overran its timeout of {}", seconds(ran.invocation.timeout)),
        exit => format!("{exit} after {took}"),
    };
    match &outcome.reason {
        Some(reason) => format!("{how}; it gives as its reason: {reason}"),
        None => how,
    }
}

fn one_of(allowed: &[Returned]) -> String {
    let words: Vec<_> = allowed.iter().map(ToString::to_string).collect();
    words.join(" or ")
}
