//! What the witnesses saw last, by which faults are chosen: only what exists can be harmed.

use super::model::Answer;
use super::moves::{Act, Side};
use crate::history::{DomainState, Exit, Guest, History, Invocation, Sighting, What};
use crate::ocf::Verb;

/// How long ago, in milliseconds, a guest that still hears may have written last; it writes at every 110 ms.
const HEARD: u64 = 600;

/// The subject as it was seen last on both nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastSeen {
    emulators: [usize; 2],
    states: [Option<DomainState>; 2],
    hears: [bool; 2],
}

impl LastSeen {
    /// What a history shows.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let mut facts = Self::default();
        let now = history.entries.last().map_or(0, |entry| entry.at.0);
        for entry in &history.entries {
            let What::Saw(sighting) = &entry.what else {
                continue;
            };
            match sighting {
                Sighting::Emulators { node, found } => {
                    let own = found.iter().filter(|one| one.guest == Guest::Subject);
                    facts.put(Side::of(node), |facts, at| {
                        facts.emulators[at] = own.count();
                    });
                }
                Sighting::Domain {
                    node,
                    guest: Guest::Subject,
                    state,
                    ..
                } => facts.put(Side::of(node), |facts, at| facts.states[at] = *state),
                Sighting::Write {
                    node,
                    guest: Guest::Subject,
                    ..
                } => facts.put(Side::of(node), |facts, at| {
                    facts.hears[at] = entry.at.0 + HEARD >= now;
                }),
                _ => {}
            }
        }
        facts
    }

    fn put(&mut self, place: Option<Side>, put: impl FnOnce(&mut Self, usize)) {
        if let Some(place) = place {
            put(self, place as usize);
        }
    }

    /// Whether one emulator of the guest is on the node.
    #[must_use]
    pub const fn has_emulator(&self, on: Side) -> bool {
        self.emulators[on as usize] == 1
    }

    /// Whether the guest runs on the node and obeys commands.
    #[must_use]
    pub fn hears(&self, on: Side) -> bool {
        self.has_emulator(on) && self.hears[on as usize] && self.is(on, DomainState::Running)
    }

    /// Whether libvirt gave the guest that state there.
    #[must_use]
    pub fn is(&self, on: Side, state: DomainState) -> bool {
        self.states[on as usize] == Some(state)
    }
}

/// One run of the agent that the cluster ordered, with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The action.
    pub act: Act,
    /// Where.
    pub on: Side,
    /// How it ended.
    pub how: Answer,
}

/// The answers of all runs that belong to the step of that index, in the order of their ends.
#[must_use]
pub(super) fn answers(history: &History, step: usize) -> Vec<Answered> {
    let begun = |id: u32| {
        let mut runs = history
            .entries
            .iter()
            .filter_map(|entry| match &entry.what {
                What::Began(invocation)
                    if invocation.step().is_some_and(|path| path.index() == step) =>
                {
                    Some(invocation)
                }
                _ => None,
            });
        runs.find(|run| run.id == id)
    };
    let ends = history
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Ended(outcome) => Some(outcome),
            _ => None,
        });
    ends.filter_map(|outcome| {
        let run = begun(outcome.id)?;
        let how = match outcome.exit {
            Exit::Code(code) => Answer::Code(code),
            Exit::OfDialect(number) => Answer::OfDialect(number),
            Exit::Fence(_) | Exit::Other(_) | Exit::Signal(_) | Exit::TimedOut | Exit::Killed => {
                Answer::Failed
            }
        };
        let (act, on) = (act(run)?, Side::of(&run.node)?);
        Some(Answered { act, on, how })
    })
    .collect()
}

fn act(run: &Invocation) -> Option<Act> {
    match run.verb.as_ref()? {
        Verb::Monitor if run.interval.is_some() => Some(Act::Monitor),
        Verb::Monitor => Some(Act::Probe),
        Verb::Start => Some(Act::Start),
        Verb::Stop => Some(Act::Stop),
        Verb::MigrateTo => Some(Act::MigrateTo),
        Verb::MigrateFrom => Some(Act::MigrateFrom),
        _ => None,
    }
}

/// Whether the guest ignored a command: whatever follows could not be fair.
#[must_use]
pub(super) fn was_deaf(history: &History) -> bool {
    let missed = |what: &What| matches!(what, What::Settled { held: false, .. });
    history.entries.iter().any(|entry| missed(&entry.what))
}
