//! Invariants 15 and 19: what an idle cluster believes of the guest is the truth.
//!
//! The cluster knows a guest by its actions' results alone. So a belief that is wrong is the agent's fault where the agent's
//! own last answer on the node says the same; where it says the opposite, Pacemaker has it wrong and nothing is decided: it
//! compares results by whole seconds, and a daemon that was killed has lost some.

use super::breach::Breach;
use super::calm;
use crate::case::{CaseSpec, GuestDo, Outside, Step};
use crate::history::{Belief, Guest, Moment, NodeName};
use crate::judge::cluster::{self, Claim};
use crate::judge::condition::running;
use crate::judge::record::{Ran, Record, SLACK};
use crate::judge::{Finding, Invariant, Severity};

/// Judges the last belief against the last looks, node by node.
pub(super) fn is_true(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let acts = |ran: &Ran<'_>| ran.is_of_cluster() && ran.is_act();
    let Some((at, belief)) = cluster::final_belief(record).filter(|_| record.runs.iter().any(acts))
    else {
        return Vec::new();
    };
    let known = belief
        .nodes
        .iter()
        .filter(|(_, it)| it.online && !it.unclean);
    let wrong = known.filter_map(|(node, _)| {
        let question = Question {
            spec,
            record,
            belief,
            at,
            node,
        };
        question.wrong()
    });
    wrong.collect()
}

/// Whether the belief about one node is the truth.
struct Question<'a> {
    spec: &'a CaseSpec,
    record: &'a Record<'a>,
    belief: &'a Belief,
    at: Moment,
    node: &'a NodeName,
}

impl Question<'_> {
    fn wrong(&self) -> Option<Finding> {
        let is_believed =
            { self.belief.subject.iter() }.any(|it| it.started_on.contains(self.node));
        let look = self.record.emulators(self.node, Guest::Subject).next_back();
        let is_there = look.is_some_and(|look| !look.found.is_empty());
        let runs = running::count(self.record, self.node).least > 0;
        match (is_believed, is_there, runs) {
            (true, false, false) => self.missing(),
            (false, _, true) => self.unknown_of(),
            _ => None,
        }
    }

    /// The cluster believes it started here, and nothing is there.
    fn missing(&self) -> Option<Finding> {
        let (ran, claim) = cluster::last_claim(self.record, self.node)?;
        let seen = "the process table has no emulator of the guest there";
        match claim {
            // What has ended since is for the next monitor to notice.
            Claim::Active if self.was_there(&ran) => None,
            Claim::Active => Some(self.breach(&ran, seen).fail()),
            Claim::Inactive => Some(self.doubt(&ran, seen)),
            Claim::Nothing => None,
        }
    }

    /// It runs here, and the cluster believes it stopped.
    fn unknown_of(&self) -> Option<Finding> {
        let unmanaged = { self.belief.subject.iter() }.any(|it| !it.managed);
        if unmanaged || self.is_brought_by_the_case() {
            return None;
        }
        let seen = "the process table and libvirt: an instance runs there";
        let (ran, claim) = cluster::last_claim(self.record, self.node)?;
        let lost = |ran: &Ran<'_>| ran.is_act() && ran.code().is_none() && ran.is_of_cluster();
        let orphans = self
            .spec
            .any_step(|step| matches!(step, Step::Fault(fault) if is_of_daemons(fault)));
        match claim {
            Claim::Inactive if !(orphans && self.record.runs.iter().any(lost)) => {
                Some(self.breach(&ran, seen).fail())
            }
            _ => Some(self.doubt(&ran, seen)),
        }
    }

    /// Whether the guest was there at the end of a run, or the case may have ended it meanwhile.
    fn was_there(&self, ran: &Ran<'_>) -> bool {
        let ends = |step: &Step| matches!(step, Step::Fault(_) | Step::Outside(_) | Step::Guest(_));
        let since = Moment(ran.began.0.saturating_sub(SLACK));
        let mut steps = self.record.steps().filter(|(at, _)| *at >= since);
        let stood = calm::stood_after(self.record, self.node, ran.ended(), Moment(u64::MAX));
        steps.any(|(_, path)| self.spec.step(path).is_some_and(ends))
            || self
                .spec
                .given
                .guest
                .is_some_and(|guest| guest != GuestDo::Deaf)
            || stood.is_none_or(|look| !look.found.is_empty())
    }

    /// Whether the case itself may have begun the instance, by hand.
    fn is_brought_by_the_case(&self) -> bool {
        let brings = |step: &Step| match step {
            Step::Outside(outside) => !matches!(
                outside,
                Outside::Suspend(_) | Outside::Destroy(_) | Outside::Abort(_)
            ),
            _ => false,
        };
        self.spec.any_step(brings)
    }

    fn breach(&self, ran: &Ran<'_>, seen: &str) -> Breach<'_> {
        let started = { self.belief.subject.iter() }.flat_map(|it| &it.started_on);
        let started: Vec<_> = started.map(|node| node.0.as_str()).collect();
        let (invariant, clauses): (_, &[&str]) = match started.is_empty() {
            true => (Invariant::GivenUpIsGone, &["CLU-23"]),
            false => (Invariant::BeliefIsTrue, &["CLU-21"]),
        };
        let believed = match started[..] {
            [] => "stopped everywhere".to_owned(),
            _ => format!("started on {}", started.join(" and on ")),
        };
        let answer = ran
            .outcome()
            .map_or_else(String::new, |it| it.exit.to_string());
        Breach {
            invariant,
            clauses,
            at: Some(self.at),
            node: Some(self.node),
            run: Some(ran.invocation.id),
            expected: format!("the guest where the idle cluster believes it: {believed}"),
            seen: format!("{seen}; the last answer there: {}: {answer}", ran.name()),
        }
    }

    /// A belief that is none of the agent's doing.
    fn doubt(&self, ran: &Ran<'_>, seen: &str) -> Finding {
        let mut breach = self.breach(ran, seen);
        breach.run = None;
        breach.seen.push_str(", and the cluster believes otherwise");
        breach.weigh(Severity::Unknown)
    }
}

/// Whether a fault ends daemons of the cluster, so that runs of the agent may go on without it.
const fn is_of_daemons(fault: &crate::case::Fault) -> bool {
    matches!(fault, crate::case::Fault::Pacemaker { .. })
}
