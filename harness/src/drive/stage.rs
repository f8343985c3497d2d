//! One case on one lab: the world is made, the steps are done, and what remains is looked at.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::fault::Faults;
use super::{Patience, Trouble, configuration, given, steps, world};
use crate::case::{CaseSpec, Step};
use crate::engine;
use crate::history::{History, NodeName, What};
use crate::lab::{Lab, Node, Running};
use crate::plan::{Agent, Profile};
use crate::recorder::Recorder;
use crate::witness::Witness;

/// Who acts in every case of a run.
#[derive(Clone, Copy)]
pub struct Actors<'a> {
    /// The agent under test.
    pub agent: &'a Agent,
    /// How it is spoken to.
    pub profile: &'a Profile,
    /// The time that its actions get, where that is more than a case gives.
    pub patience: &'a Patience,
    /// Set when the user interrupts the run: the case ends at its next wait.
    pub interrupted: &'a AtomicBool,
    /// Called when a step begins, with its line for people.
    pub on_step: &'a (dyn Fn(&str) + Sync),
}

/// One case on its lab, while it runs.
pub(super) struct Stage<'a> {
    pub(super) case: &'a CaseSpec,
    pub(super) lab: &'a Lab,
    pub(super) actors: Actors<'a>,
    pub(super) recorder: Arc<Recorder>,
    /// Closed in the driver lab: what it shows is not what a real hypervisor holds.
    pub(super) witness: Option<Witness>,
    pub(super) config: PathBuf,
    deadline: Instant,
    /// Milliseconds that do not count, for they were the agent's own.
    spared: AtomicU64,
    next: AtomicU32,
    /// What was begun by hand and goes on while the case does.
    by_hand: Mutex<Vec<Box<dyn Running>>>,
}

/// Carries out a case on a clean lab and gives back everything that was done and seen.
///
/// Trouble on the way is an entry of the history: nothing is lost of what was seen before it.
#[must_use]
pub fn perform(case: &CaseSpec, lab: &Lab, actors: Actors<'_>) -> History {
    let stretched = (lab.pace() > 1).then(|| case.stretched(lab.pace()));
    let case = stretched.as_ref().unwrap_or(case);
    play(case, lab, actors, &mut |stage, faults| {
        steps::all(stage, &case.when, faults)
    })
}

/// As [`perform`], but the steps are not those of the case: `next` tells each by everything that was done and
/// seen before it, until it has no more.
#[must_use]
pub fn improvise(
    case: &CaseSpec,
    lab: &Lab,
    actors: Actors<'_>,
    next: &mut dyn FnMut(&History) -> Option<Step>,
) -> History {
    let pace = lab.pace();
    let case = case.stretched(pace);
    play(&case, lab, actors, &mut |stage, faults| {
        let mut next = |so_far: &History| next(so_far).map(|step| step.stretched(pace));
        steps::told(stage, &mut next, faults)
    })
}

/// What does the steps.
type Acts<'a> = dyn FnMut(&Stage<'_>, &Faults) -> Result<(), Trouble> + 'a;

fn play(case: &CaseSpec, lab: &Lab, actors: Actors<'_>, act: &mut Acts<'_>) -> History {
    let recorder = Arc::new(Recorder::start());
    let subjects = world::subjects(lab, actors.profile.engine());
    let witness = case
        .needs
        .lab
        .has_real_guest()
        .then(|| Witness::watch(&world::views(lab), &subjects, &recorder));
    let stage = Stage {
        case,
        lab,
        actors,
        recorder: Arc::clone(&recorder),
        witness,
        config: configuration::path(case.given.config),
        deadline: Instant::now() + Duration::from_millis(case.timeout.0),
        spared: AtomicU64::new(0),
        next: AtomicU32::new(0),
        by_hand: Mutex::default(),
    };
    if let Err(trouble) = stage.play(act) {
        recorder.record(What::Trouble {
            text: trouble.to_string(),
        });
    }
    drop(stage);
    recorder.history()
}

impl Stage<'_> {
    fn play(&self, act: &mut Acts<'_>) -> Result<(), Trouble> {
        given::make(self)?;
        self.look_at_all()?;
        self.recorder.record(What::Ready { lab: self.facts() });
        let faults = Faults::default();
        let done = act(self, &faults);
        if done.is_ok() {
            self.look_everywhere();
            let nodes = self.lab.nodes().iter();
            nodes
                .filter(|node| !faults.hides_config(node.name()))
                .for_each(|node| self.look_at_config(&**node));
        }
        // Healed in any case: a frozen daemon could neither be asked what is left nor be reset.
        let healed = faults.heal_all(self);
        done.and(healed)?;
        self.await_writer();
        self.await_proof();
        self.look_at_all()?;
        self.recorder.record(What::Done);
        Ok(())
    }

    /// The lab's facts, and what runs the subject where that is not libvirt.
    fn facts(&self) -> BTreeMap<String, String> {
        let mut facts = self.lab.facts();
        let engine = self.actors.profile.engine();
        if !engine.asks_libvirt() {
            facts.insert(engine::FACT.to_owned(), engine.word().to_owned());
        }
        facts
    }

    pub(super) fn node(&self, name: &NodeName) -> Result<&dyn Node, Trouble> {
        Ok(self.lab.node(name)?)
    }

    /// Keeps a command that goes on while the case does, and is killed with it.
    pub(super) fn keep(&self, running: Box<dyn Running>) {
        let mut kept = self.by_hand.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(running);
    }

    /// The number of the next invocation.
    pub(super) fn next_id(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Lets the case last that much longer: time of an agent that ends by itself is not the case's.
    pub(super) fn spare(&self, milliseconds: u64) {
        self.spared.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Why the case must end now, if it must.
    pub(super) fn overdue(&self) -> Result<(), Trouble> {
        if self.actors.interrupted.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        let spared = Duration::from_millis(self.spared.load(Ordering::Relaxed));
        if Instant::now() > self.deadline + spared {
            return Err(Trouble::GivenUp(self.case.timeout));
        }
        Ok(())
    }
}
