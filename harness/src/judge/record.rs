//! A history read for judging: runs paired with their ends, and sightings by place and guest.

use std::collections::BTreeSet;

pub(super) use super::ran::{Ran, pair};
use crate::case::FaultKind;
use crate::engine::Engine;
use crate::history::{
    Belief, ClusterEvent, DomainState, Emulator, Entry, Exit, FenceOutcome, Guest, Moment,
    NodeName, Sighting, StepPath, What,
};
use crate::ocf::Verb;

/// How far a sighting's time may be off what it shows, in milliseconds.
///
/// A look takes time itself, so what it records may have ended just before its own entry.
pub(super) const SLACK: u64 = 300;

/// How long it may take until it is proved that a node is down, in milliseconds.
const DOWN_TAKES: u64 = 2000;

/// One answer of libvirt, or of an emulator that it does not run.
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

    /// When nodes went down at the earliest, and all that ran there with them.
    pub(super) fn downs(&self) -> impl Iterator<Item = (Moment, &'a NodeName)> + use<'a> {
        let early = |at: Moment| Moment(at.0.saturating_sub(DOWN_TAKES));
        self.downs_proved().map(move |(at, node)| (early(at), node))
    }

    /// When it was proved of nodes that they are down: the case cut their power, or they were fenced.
    pub(super) fn downs_proved(&self) -> impl Iterator<Item = (Moment, &'a NodeName)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Fault { kind, node } if *kind == FaultKind::Power => Some((entry.at, node)),
            What::Cluster(ClusterEvent::Fenced(fenced))
                if fenced.outcome == FenceOutcome::Done && fenced.action != "on" =>
            {
                Some((entry.at, &fenced.node))
            }
            _ => None,
        })
    }

    /// When the fence device said that a node was down which was not.
    pub(super) fn lies(&self) -> impl Iterator<Item = (Moment, &'a NodeName)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Cluster(ClusterEvent::Fenced(fenced)) if fenced.outcome == FenceOutcome::Lied => {
                Some((entry.at, &fenced.node))
            }
            _ => None,
        })
    }

    /// Whether a node went down.
    pub(super) fn went_down(&self, node: &NodeName) -> bool {
        self.downs().any(|(_, down)| down == node)
    }

    /// The same without the runs that the case answered in the agent's place: the agent has no part in them.
    pub(super) fn of_the_agent(&self) -> Self {
        let own = self.runs.iter().filter(|ran| !ran.is_answered());
        Self {
            entries: self.entries,
            runs: own.copied().collect(),
            ready: self.ready,
            engine: self.engine,
        }
    }

    /// What the cluster believed when it was idle, each time.
    pub(super) fn beliefs(
        &self,
    ) -> impl DoubleEndedIterator<Item = (Moment, &'a Belief)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Cluster(ClusterEvent::Belief(belief)) => Some((entry.at, belief)),
            _ => None,
        })
    }

    /// Every sighting with its time.
    pub(super) fn sightings(&self) -> impl Iterator<Item = (Moment, &'a Sighting)> + use<'a> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Saw(sighting) => Some((entry.at, sighting)),
            _ => None,
        })
    }

    /// libvirt's answers about a guest on a node, or those of an emulator that it does not run.
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

    /// Whether somebody told a state of the subject.
    pub(super) fn tells_states(&self) -> bool {
        let mut sightings = self.sightings();
        sightings.any(|(_, sighting)| {
            let of_subject = Guest::Subject;
            matches!(sighting, Sighting::Domain { guest, state: Some(_), .. } if *guest == of_subject)
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

    /// The last act on a node that had ended by a moment, if it was a `stop` that failed by itself: the case neither killed
    /// it nor answered in its place.
    pub(super) fn failed_stop(&self, node: &NodeName, by: Moment) -> Option<&Ran<'a>> {
        let acts =
            |ran: &&Ran<'a>| ran.invocation.node == *node && ran.is_act() && ran.ended() <= by;
        let last = { self.runs.iter().filter(acts) }.max_by_key(|ran| ran.ended())?;
        let killed = last.outcome()?.exit == Exit::Killed;
        let failed = last.is(&Verb::Stop) && !last.succeeded();
        (failed && !killed && !last.is_answered()).then_some(last)
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
