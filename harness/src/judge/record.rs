//! A history read for judging: runs paired with their ends, and sightings by place and guest.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{CaseSpec, FaultKind, Millis, PATIENCE, Step};
use crate::engine::Engine;
use crate::history::{
    DomainState, Emulator, Entry, Exit, Guest, Invocation, Moment, NodeName, Outcome, Sighting,
    StepPath, What,
};
use crate::ocf::metadata::advertised_timeout;
use crate::ocf::{Code, FenceCode, Verb};

/// How far a sighting's time may be off what it shows, in milliseconds.
///
/// A look takes time itself, so what it records may have ended just before its own entry.
pub(super) const SLACK: u64 = 300;

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
    /// short to decide anything then. The harness waits no longer than [`PATIENCE`].
    pub(super) fn hurried(&self) -> Option<u64> {
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

    /// The code it ended with, if it ended by itself with one.
    pub(super) fn code(&self) -> Option<Code> {
        match self.outcome()?.exit {
            Exit::Code(code) => Some(code),
            _ => None,
        }
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

/// One answer of libvirt.
#[derive(Clone, Copy)]
pub(super) struct DomainSeen {
    pub(super) at: Moment,
    pub(super) state: Option<DomainState>,
    pub(super) reason: i32,
    pub(super) persistent: bool,
    pub(super) autostart: bool,
}

/// One write of a guest.
#[derive(Clone, Copy)]
pub(super) struct WriteSeen<'a> {
    pub(super) at: Moment,
    pub(super) node: &'a NodeName,
    pub(super) incarnation: u64,
    pub(super) counter: u64,
    pub(super) clean: bool,
}

/// The emulators of the subject on one node at one look.
#[derive(Clone)]
pub(super) struct EmulatorsSeen<'a> {
    pub(super) at: Moment,
    pub(super) found: Vec<&'a Emulator>,
}

/// A history, or the part of it that may be judged.
pub(super) struct Record<'a> {
    pub(super) entries: &'a [Entry],
    /// The runs that the case asked for, in the order of their beginning.
    pub(super) runs: Vec<Ran<'a>>,
    /// When the world that `given` describes was there.
    pub(super) ready: Moment,
    /// What runs the subject.
    pub(super) engine: Engine,
}

impl<'a> Record<'a> {
    pub(super) fn of(entries: &'a [Entry]) -> Self {
        let start = entries
            .iter()
            .position(|entry| matches!(entry.what, What::Ready { .. }));
        let start = start.unwrap_or(0);
        let ready = entries.get(start).map_or(Moment(0), |entry| entry.at);
        let advertised = entries.iter().find_map(|entry| match &entry.what {
            What::Advertised(actions) => Some(actions),
            _ => None,
        });
        let runs = pair(&entries[start..]).into_iter();
        Self {
            entries,
            runs: runs.map(|ran| Ran { advertised, ..ran }).collect(),
            ready,
            engine: engine(entries),
        }
    }

    /// The time of the last entry.
    pub(super) fn last(&self) -> Moment {
        self.entries.last().map_or(Moment(0), |entry| entry.at)
    }

    /// The steps that began, each with its time and its address.
    pub(super) fn steps(&self) -> impl Iterator<Item = (Moment, &'a StepPath)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Step { path, .. } => Some((entry.at, path)),
            _ => None,
        })
    }

    /// Every node that was seen or acted on.
    pub(super) fn nodes(&self) -> BTreeSet<&'a NodeName> {
        let seen = self.sightings().filter_map(|(_, sighting)| match sighting {
            Sighting::Domain { node, .. } | Sighting::Emulators { node, .. } => Some(node),
            _ => None,
        });
        seen.chain(self.runs.iter().map(|ran| &ran.invocation.node))
            .collect()
    }

    /// Whether the power of a node's machine was cut.
    pub(super) fn lost_power(&self, node: &NodeName) -> bool {
        let cut = |what: &What| matches!(what, What::Fault { kind, node: on } if *kind == FaultKind::Power && on == node);
        self.entries.iter().any(|entry| cut(&entry.what))
    }

    /// Every sighting with its time.
    pub(super) fn sightings(&self) -> impl Iterator<Item = (Moment, &'a Sighting)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Saw(sighting) => Some((entry.at, sighting)),
            _ => None,
        })
    }

    /// libvirt's answers about a guest on a node.
    pub(super) fn domains<'b>(
        &'b self,
        on: &'b NodeName,
        whose: Guest,
    ) -> impl DoubleEndedIterator<Item = DomainSeen> + use<'a, 'b> {
        self.entries
            .iter()
            .filter_map(move |entry| match &entry.what {
                What::Saw(Sighting::Domain {
                    node,
                    guest,
                    state,
                    reason,
                    persistent,
                    autostart,
                }) if node == on && *guest == whose => Some(DomainSeen {
                    at: entry.at,
                    state: *state,
                    reason: *reason,
                    persistent: *persistent,
                    autostart: *autostart,
                }),
                _ => None,
            })
    }

    /// A guest's emulators on a node, look by look.
    pub(super) fn emulators<'b>(
        &'b self,
        on: &'b NodeName,
        whose: Guest,
    ) -> impl DoubleEndedIterator<Item = EmulatorsSeen<'a>> + use<'a, 'b> {
        self.entries
            .iter()
            .filter_map(move |entry| match &entry.what {
                What::Saw(Sighting::Emulators { node, found }) if node == on => {
                    let found = found.iter().filter(|one| one.guest == whose).collect();
                    Some(EmulatorsSeen {
                        at: entry.at,
                        found,
                    })
                }
                _ => None,
            })
    }

    /// A guest's writes, on all nodes, in the order in which they were seen.
    pub(super) fn writes(
        &self,
        whose: Guest,
    ) -> impl DoubleEndedIterator<Item = WriteSeen<'a>> + use<'a> {
        self.entries
            .iter()
            .filter_map(move |entry| match &entry.what {
                What::Saw(Sighting::Write {
                    node,
                    guest,
                    incarnation,
                    counter,
                    clean,
                }) if *guest == whose => {
                    let (incarnation, counter) = (*incarnation, *counter);
                    Some(WriteSeen {
                        at: entry.at,
                        node,
                        incarnation,
                        counter,
                        clean: *clean,
                    })
                }
                _ => None,
            })
    }

    /// The number of the last run that had begun by a moment, on that node where one is given: whom a finding about
    /// what was seen then accuses.
    pub(super) fn last_run(&self, by: Moment, on: Option<&NodeName>) -> Option<u32> {
        self.last_of(by, on, |_| true)
    }

    /// As [`Self::last_run`], of those that begin, end or move the guest.
    pub(super) fn last_act(&self, by: Moment, on: Option<&NodeName>) -> Option<u32> {
        self.last_of(by, on, Ran::is_act)
    }

    fn last_of(
        &self,
        by: Moment,
        on: Option<&NodeName>,
        counts: impl Fn(&Ran<'a>) -> bool,
    ) -> Option<u32> {
        let here = |ran: &&Ran<'a>| on.is_none_or(|node| ran.invocation.node == *node);
        let mut runs = self.runs.iter().rev().filter(here);
        let last = runs.find(|ran| ran.began <= by && counts(ran))?;
        Some(last.invocation.id)
    }

    /// The runs that the case asked for, and those before them by which its world was made.
    pub(super) fn every_run(&self) -> Vec<Ran<'a>> {
        pair(self.entries)
    }

    /// The runs with a label.
    pub(super) fn labelled<'b>(&'b self, label: &'b str) -> impl Iterator<Item = &'b Ran<'a>> {
        self.runs
            .iter()
            .filter(move |ran| ran.invocation.label.as_deref() == Some(label))
    }
}

/// What runs the subject: libvirt, unless the lab's facts say otherwise.
fn engine(entries: &[Entry]) -> Engine {
    let engine = entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => Some(lab.engine),
        _ => None,
    });
    engine.unwrap_or_default()
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
