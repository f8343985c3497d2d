//! A run of the agent as the judge reads it: how it was asked for, and how it ended.

use std::collections::BTreeMap;

use crate::case::{CaseSpec, Millis, PATIENCE, Step};
use crate::history::{AskedBy, Entry, Exit, Invocation, Moment, Outcome, What};
use crate::ocf::metadata::advertised_timeout;
use crate::ocf::{Code, FenceCode, Verb};

/// One run of the agent with its end, if it was seen.
#[derive(Clone, Copy)]
pub(super) struct Ran<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) began: Moment,
    pub(super) end: Option<(Moment, &'a Outcome)>,
    /// The actions that the agent advertises with their timeouts in milliseconds, where that was asked.
    pub(super) advertised: Option<&'a BTreeMap<Verb, u64>>,
}

impl<'a> Ran<'a> {
    /// The outcome, if the run ended.
    pub(super) fn outcome(&self) -> Option<&'a Outcome> {
        self.end.map(|(_, outcome)| outcome)
    }

    /// When it ended; the greatest moment if no end was seen.
    pub(super) fn ended(&self) -> Moment {
        self.end.map_or(Moment(u64::MAX), |(at, _)| at)
    }

    /// The step that asked for it, where it was one of the case.
    pub(super) fn step<'s>(&self, spec: &'s CaseSpec) -> Option<&'s Step> {
        spec.step(self.invocation.step()?)
    }

    /// Whether the cluster asked for it.
    pub(super) fn is_of_cluster(&self) -> bool {
        self.invocation.by == AskedBy::Cluster
    }

    /// Whether the case answered in the agent's place, which did not run.
    pub(super) fn is_answered(&self) -> bool {
        self.outcome().is_some_and(|outcome| outcome.answered)
    }

    /// What the agent was asked to do, if it was given any action.
    pub(super) fn verb(&self) -> Option<&'a Verb> {
        self.invocation.verb.as_ref()
    }

    /// Whether it is this action.
    pub(super) fn is(&self, verb: &Verb) -> bool {
        self.verb() == Some(verb)
    }

    /// Whether it asks for the state: `monitor`, or the older `status`.
    pub(super) fn is_monitor(&self) -> bool {
        self.verb().is_some_and(Verb::is_monitor)
    }

    /// Whether it is a probe: a `monitor` without an interval.
    pub(super) fn is_probe(&self) -> bool {
        let interval = self.invocation.interval;
        self.is(&Verb::Monitor) && interval.is_none_or(|interval| interval == Millis(0))
    }

    /// The milliseconds that the agent asks for in its metadata, if it was killed at a shorter timeout: the case was too
    /// short to decide anything then. The harness waits no longer than [`PATIENCE`]. In a cluster, to kill a migration at
    /// its timeout is part of the experiment.
    pub(super) fn hurried(&self) -> Option<u64> {
        let is_aim = self.is_of_cluster() && self.is_migration();
        self.cut_short().filter(|_| !is_aim)
    }

    /// The milliseconds that the agent asks for in its metadata, if it was killed at a shorter timeout.
    pub(super) fn cut_short(&self) -> Option<u64> {
        let outcome = self.outcome()?;
        let asked = advertised_timeout(self.advertised?, self.verb());
        let short = asked.min(PATIENCE.0) > self.invocation.timeout;
        (outcome.exit == Exit::TimedOut && short).then_some(asked)
    }

    /// Whether it moves the guest.
    pub(super) fn is_migration(&self) -> bool {
        self.verb().is_some_and(Verb::is_migration)
    }

    /// Whether it begins, ends or moves the guest.
    pub(super) fn is_act(&self) -> bool {
        self.verb().is_some_and(Verb::changes_guest)
    }

    /// Whether the guest runs on its node once it succeeded.
    pub(super) fn promises_a_guest(&self) -> bool {
        self.verb().is_some_and(Verb::promises_a_guest)
    }

    /// The code it ended with, if it ended by itself with one.
    pub(super) fn code(&self) -> Option<Code> {
        match self.outcome()?.exit {
            Exit::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Whether it ended by itself, with whatever code.
    pub(super) fn ended_by_itself(&self) -> bool {
        let exit = self.outcome().map(|outcome| outcome.exit);
        matches!(
            exit,
            Some(Exit::Code(_) | Exit::OfDialect(_) | Exit::Fence(_) | Exit::Other(_))
        )
    }

    /// The code it ended with as a fence agent, if it ended by itself with one.
    pub(super) fn fence_code(&self) -> Option<FenceCode> {
        match self.outcome()?.exit {
            Exit::Fence(code) => Some(code),
            _ => None,
        }
    }

    /// Whether it ended with success.
    pub(super) fn succeeded(&self) -> bool {
        let exit = self.outcome().map(|outcome| outcome.exit);
        matches!(
            exit,
            Some(Exit::Code(Code::Success) | Exit::Fence(FenceCode::Success))
        )
    }

    /// The run as reports name it: `stop on a`, with its label if it has one.
    pub(super) fn name(&self) -> String {
        let Invocation { node, label, .. } = self.invocation;
        let action = self.verb().map_or("a run without action", Verb::as_str);
        match label {
            Some(label) => format!("{action} on {node} (`{label}`)"),
            None => format!("{action} on {node}"),
        }
    }
}

/// Runs with their ends, in the order of their beginning.
pub(super) fn pair(entries: &[Entry]) -> Vec<Ran<'_>> {
    let mut runs: Vec<Ran<'_>> = Vec::new();
    for entry in entries {
        match &entry.what {
            What::Began(invocation) => {
                runs.push(Ran {
                    invocation,
                    began: entry.at,
                    end: None,
                    advertised: None,
                });
            }
            What::Ended(outcome) => {
                let ran = runs
                    .iter_mut()
                    .rev()
                    .find(|ran| ran.invocation.id == outcome.id);
                if let Some(ran) = ran {
                    ran.end = Some((entry.at, outcome));
                }
            }
            _ => {}
        }
    }
    runs
}
