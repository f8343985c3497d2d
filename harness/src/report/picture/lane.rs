//! What one node's lane shows: the agent's runs, the state that libvirt gives, the emulators, and the disk.

use std::collections::BTreeMap;

use super::run::Run;
use crate::history::{
    ClusterEvent, DomainState, FenceOutcome, Guest, History, Moment, NodeName, Outcome, Sighting,
    What,
};

/// How long libvirt and the process table may differ before it is reported, in milliseconds: the
/// witnesses do not look at both at the same instant, and an emulator takes a while to come and go.
const LAG: u64 = 500;

/// All nodes with their lanes.
pub(super) type Lanes = BTreeMap<NodeName, Lane>;

/// One node's lane.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) runs: Vec<Run>,
    /// The subject's states by libvirt, change by change; none is no answer.
    pub(super) states: Vec<Span<Option<DomainState>>>,
    /// The emulators of the subject and of strangers, each process by itself.
    pub(super) emulators: Vec<Span<Process>>,
    /// The moments of a guest's writes, by incarnation.
    pub(super) writes: BTreeMap<u64, Writes>,
}

/// Something that lasted.
pub(super) struct Span<T> {
    pub(super) from: Moment,
    pub(super) to: Moment,
    pub(super) what: T,
}

/// One emulator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    pub(super) guest: Guest,
    pub(super) frozen: bool,
}

/// The writes of one incarnation on one node.
pub(super) struct Writes {
    /// The incarnation's number in the order of their first writes, from 1; 0 is a stranger's.
    pub(super) number: usize,
    pub(super) at: Vec<Moment>,
}

impl Lane {
    /// Whether anything happened on the node.
    pub(super) fn is_busy(&self) -> bool {
        let known = |span: &Span<Option<DomainState>>| span.what != Some(DomainState::Absent);
        !self.runs.is_empty()
            || self.states.iter().any(known)
            || !self.emulators.is_empty()
            || !self.writes.is_empty()
    }

    /// Whether the process table has something that libvirt's states do not show.
    pub(super) fn differs(&self) -> bool {
        let odd = |one: &Process| one.frozen || one.guest == Guest::Stranger;
        if self.emulators.iter().any(|span| odd(&span.what)) {
            return true;
        }
        let mut all = self.emulators.iter().enumerate();
        let twice = all.any(|(index, one)| {
            let mut later = self.emulators[index + 1..].iter();
            later.any(|other| other.what.pid != one.what.pid && overlap(one, other) > 0)
        });
        twice || self.unknown_to_libvirt() > LAG
    }

    /// Whether the subject has an emulator for a good part of a span.
    pub(super) fn has_emulator_in<T>(&self, span: &Span<T>) -> bool {
        let subjects = self
            .emulators
            .iter()
            .filter(|one| one.what.guest == Guest::Subject);
        subjects
            .map(|one| overlap(one, span))
            .any(|both| both > LAG / 2)
    }

    /// Ends what is not over yet.
    fn end_open(&mut self, at: Moment) {
        let states = self.states.iter_mut().map(|span| &mut span.to);
        let emulators = self.emulators.iter_mut().map(|span| &mut span.to);
        let open = states.chain(emulators).filter(|to| **to == OPEN);
        open.for_each(|to| *to = at);
    }

    /// The longest time for which an emulator was there and libvirt had no active domain.
    fn unknown_to_libvirt(&self) -> u64 {
        let inactive = |state: Option<DomainState>| state.is_none_or(|state| !state.is_active());
        let of = |emulator: &Span<Process>| {
            let silent = self.states.iter().filter(|span| inactive(span.what));
            silent.map(|span| overlap(emulator, span)).max()
        };
        self.emulators.iter().filter_map(of).max().unwrap_or(0)
    }
}

fn overlap<T, U>(one: &Span<T>, other: &Span<U>) -> u64 {
    let (from, to) = (one.from.max(other.from), one.to.min(other.to));
    to.0.saturating_sub(from.0)
}

/// The lanes of all nodes, from a history that ends at `end`.
pub(super) fn lanes(history: &History, end: Moment) -> Lanes {
    let mut reader = Reader::default();
    for entry in &history.entries {
        match &entry.what {
            What::Began(invocation) => {
                let run = Run::began(entry.at, invocation);
                reader.lane(&invocation.node).runs.push(run);
            }
            What::Ended(outcome) => reader.ended(entry.at, outcome),
            What::Saw(sighting) => reader.saw(entry.at, sighting),
            What::Cluster(ClusterEvent::Fenced(fenced)) if fenced.outcome == FenceOutcome::Done => {
                reader.down(entry.at, &fenced.node);
            }
            _ => {}
        }
    }
    reader.close(end);
    reader.lanes
}

#[derive(Default)]
struct Reader {
    lanes: Lanes,
    /// Numbers of the incarnations, in the order of their first writes.
    incarnations: BTreeMap<u64, usize>,
}

/// The end of what is not over yet.
const OPEN: Moment = Moment(u64::MAX);

impl Reader {
    fn lane(&mut self, node: &NodeName) -> &mut Lane {
        self.lanes.entry(node.clone()).or_default()
    }

    fn ended(&mut self, at: Moment, outcome: &Outcome) {
        let mut runs = self.lanes.values_mut().flat_map(|lane| &mut lane.runs);
        if let Some(run) = runs.find(|run| run.id == outcome.id) {
            run.ended(at, outcome);
        }
    }

    fn saw(&mut self, at: Moment, sighting: &Sighting) {
        match sighting {
            Sighting::Domain {
                node,
                guest: Guest::Subject,
                state,
                ..
            } => {
                let states = &mut self.lane(node).states;
                let same = |last: &Span<_>| last.what == *state && last.to == OPEN;
                if !states.last().is_some_and(same) {
                    if let Some(last) = states.last_mut() {
                        last.to = last.to.min(at);
                    }
                    states.push(open(at, *state));
                }
            }
            Sighting::Emulators { node, found } => {
                let found = found.iter().filter(|one| one.guest != Guest::Bystander);
                let found: Vec<_> = found
                    .map(|one| Process {
                        pid: one.pid,
                        guest: one.guest,
                        frozen: one.frozen,
                    })
                    .collect();
                looked(&mut self.lane(node).emulators, at, &found);
            }
            Sighting::Write {
                node,
                guest,
                incarnation,
                ..
            } if *guest != Guest::Bystander => self.wrote(at, node, (*guest, *incarnation)),
            _ => {}
        }
    }

    /// All that runs on a node is over.
    fn down(&mut self, at: Moment, node: &NodeName) {
        self.lane(node).end_open(at);
    }

    fn wrote(&mut self, at: Moment, node: &NodeName, (guest, incarnation): (Guest, u64)) {
        let number = match guest {
            Guest::Stranger => 0,
            _ => {
                let next = self.incarnations.len() + 1;
                *self.incarnations.entry(incarnation).or_insert(next)
            }
        };
        let writes = self.lane(node).writes.entry(incarnation);
        let none = Writes {
            number,
            at: Vec::new(),
        };
        writes.or_insert(none).at.push(at);
    }

    fn close(&mut self, end: Moment) {
        for lane in self.lanes.values_mut() {
            lane.end_open(end);
        }
    }
}

const fn open<T>(from: Moment, what: T) -> Span<T> {
    let to = OPEN;
    Span { from, to, what }
}

/// Takes note of all emulators that one look found: new ones begin, missing ones are over.
fn looked(spans: &mut Vec<Span<Process>>, at: Moment, found: &[Process]) {
    for span in spans.iter_mut().filter(|span| span.to == OPEN) {
        if !found.contains(&span.what) {
            span.to = at;
        }
    }
    for one in found {
        let goes_on = |span: &Span<Process>| span.to == OPEN && span.what == *one;
        if !spans.iter().any(goes_on) {
            spans.push(open(at, *one));
        }
    }
}
