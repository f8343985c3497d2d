//! What a `run` demands of the agent: how it ends (`returns`) and how soon (`within`).

use crate::case::{ClauseId, Level, Returned, Run};
use crate::history::{Exit, Outcome, StepPath, seconds};
use crate::judge::evidence::Evidence;
use crate::judge::record::Ran;
use crate::judge::weighing::Weighing;
use crate::judge::{Finding, StepPart};

/// Judges every run of the step at that path.
pub(super) fn judge(evidence: &Evidence<'_>, path: &StepPath, run: &Run, weighing: &mut Weighing) {
    let demand = Demand {
        evidence,
        path,
        run,
    };
    let runs = evidence.record.runs.iter();
    let runs: Vec<_> = runs
        .filter(|ran| ran.invocation.step() == Some(path))
        .collect();
    let before = weighing.count();
    for ran in &runs {
        demand.returns(ran, weighing);
        demand.within(ran, weighing);
    }
    let ended = runs.iter().filter(|ran| ran.end.is_some()).count();
    let clean = before == weighing.count();
    if evidence.complete && clean && ended < run.times as usize {
        let expected = "every run of the step in the history";
        let seen = format!("{ended} of {} runs ended in the history", run.times);
        weighing.unknown(evidence.of_step(path, StepPart::Run, expected, seen));
    }
}

/// A `run` step with what it demands.
struct Demand<'a> {
    evidence: &'a Evidence<'a>,
    path: &'a StepPath,
    run: &'a Run,
}

impl Demand<'_> {
    fn returns(&self, ran: &Ran<'_>, weighing: &mut Weighing) {
        let Some(outcome) = ran.outcome() else { return };
        let allowed = &self.run.returns.0;
        if self.admits(ran, outcome) {
            return;
        }
        let expected = format!("{} to end with {}", ran.name(), any_of(allowed));
        let mut unmet = self.finding(ran, StepPart::Returns, (expected, ending(ran)));
        let missed_kill = self.run.is_killed() && allowed == &[Returned::Killed];
        if missed_kill && ran.ended_by_itself() {
            unmet.seen = format!("it ended before the case could kill it: {}", unmet.seen);
            weighing.unknown(unmet);
        } else if let Some(asked) = ran.hurried() {
            unmet.seen = format!(
                "{}, and asks for {} in its metadata: that it would have been done by then is not excluded",
                unmet.seen,
                seconds(asked)
            );
            weighing.unknown(unmet);
        } else if outcome.exit == Exit::TimedOut {
            let clause = ClauseId("OCF-TIME-01".to_owned());
            // The clause is a `must`; a weaker case does not cite it.
            if self.evidence.spec.level == Level::Must && !unmet.clauses.contains(&clause) {
                unmet.clauses.push(clause);
            }
            late(outcome, unmet, weighing);
        } else {
            weighing.unmet(unmet);
        }
    }

    /// Whether the run ended in a way that the case allows, by what its code means in the agent's dialect.
    fn admits(&self, ran: &Ran<'_>, outcome: &Outcome) -> bool {
        let allowed = &self.run.returns.0;
        let dialect = self.evidence.facts.dialect.rules();
        let admits = |number| {
            let mut allowed = allowed.iter();
            allowed.any(|returned| dialect.admits(ran.verb(), number, *returned))
        };
        match outcome.exit {
            Exit::Code(code) => admits(i32::from(code.number())),
            Exit::OfDialect(number) => admits(number),
            Exit::Killed => allowed.contains(&Returned::Killed),
            Exit::Fence(_) | Exit::Other(_) | Exit::Signal(_) | Exit::TimedOut => false,
        }
    }

    fn within(&self, ran: &Ran<'_>, weighing: &mut Weighing) {
        let (Some(within), Some(outcome)) = (self.run.within, ran.outcome()) else {
            return;
        };
        // An overrun is reported once, by `returns`; a run that the case killed has no length.
        let counts = matches!(
            outcome.exit,
            Exit::Code(_) | Exit::OfDialect(_) | Exit::Other(_) | Exit::Signal(_)
        );
        if counts && outcome.took > within.0 {
            let expected = format!("{} within {within}", ran.name());
            let seen = format!("it took {}", seconds(outcome.took));
            let unmet = self.finding(ran, StepPart::Within, (expected, seen));
            late(outcome, unmet, weighing);
        }
    }

    fn finding(
        &self,
        ran: &Ran<'_>,
        part: StepPart,
        (expected, seen): (String, String),
    ) -> Finding {
        Finding {
            at: Some(ran.ended()),
            node: Some(ran.invocation.node.clone()),
            run: Some(ran.invocation.id),
            ..self.evidence.of_step(self.path, part, expected, seen)
        }
    }
}

/// Adds a finding about time, which an overloaded machine turns into one about nothing.
fn late(outcome: &Outcome, mut unmet: Finding, weighing: &mut Weighing) {
    if outcome.is_starved() {
        unmet.seen.push_str(OVERLOADED);
        weighing.unknown(unmet);
    } else {
        weighing.unmet(unmet);
    }
}

/// What a finding about time says where the machine is to blame.
const OVERLOADED: &str = ", on a machine so overloaded that this says nothing; run fewer --jobs";

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

fn any_of(allowed: &[Returned]) -> String {
    let texts: Vec<_> = allowed.iter().map(ToString::to_string).collect();
    texts.join(" or ")
}
