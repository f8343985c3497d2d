//! The ground that a case plays on: its lab, who acts, the time that is left, and the faults that are active.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::configuration::ConfigFormat;
use super::control::Control;
use super::from_cluster::{Attached, ClusterRecorder, Ears};
use super::migration_speed::MigrationSpeed;
use super::patience::Patience;
use super::trouble::Trouble;
use super::{configuration, control, path, world};
use crate::case::{CaseSpec, Fault};
use crate::history::NodeName;
use crate::lab::{AgentInCluster, Lab, Node, Running};
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, Profile, ask_metadata};
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
    /// Ends before the witness, which it asks to look.
    _from_cluster: Option<Attached<'a>>,
    /// Closed in the driver lab: what it shows is not what a real hypervisor holds.
    pub(super) witness: Option<Arc<Witness>>,
    /// How the configuration file is written.
    pub(super) format: &'static dyn ConfigFormat,
    /// Where it lies in every node.
    pub(super) config: PathBuf,
    /// What runs the subject.
    pub(super) control: Arc<dyn Control>,
    /// How fast migrations go.
    pub(super) migration_speed: Arc<MigrationSpeed>,
    /// What the agent's metadata say, where the manager reads them before it calls the agent; else nothing.
    pub(super) metadata: Metadata,
    deadline: Instant,
    /// By how many milliseconds the deadline is extended.
    extended: AtomicU64,
    next: Arc<AtomicU32>,
    /// What was begun by hand and goes on while the case does.
    running: Mutex<Vec<Box<dyn Running>>>,
    /// The faults that are not undone yet, in the order in which they were injected.
    active_faults: Mutex<Vec<Fault>>,
}

impl<'a> Stage<'a> {
    /// Begins to record and to watch. The case's own time runs from now on.
    pub(super) fn new(case: &'a CaseSpec, lab: &'a Lab, actors: Actors<'a>) -> Self {
        let engine = actors.profile.engine();
        let format = configuration::format_for(case.needs.lab, engine);
        let recorder = Arc::new(Recorder::start());
        let subjects = world::subjects(lab, engine);
        let witness = case
            .needs
            .lab
            .has_real_guest()
            .then(|| Witness::watch(&world::node_views(lab), &subjects, &recorder))
            .map(Arc::new);
        let next = Arc::new(AtomicU32::new(0));
        let control = control::of(lab, engine);
        let speed = MigrationSpeed::new(case.given.migration_speed, lab, &control);
        let migration_speed = Arc::new(speed);
        let from_cluster = lab.calls().map(|calls| {
            let recorder = ClusterRecorder::new(Ears {
                recorder: Arc::clone(&recorder),
                witness: witness.as_ref().map(Arc::clone),
                next: Arc::clone(&next),
                migration_speed: Arc::clone(&migration_speed),
            });
            Attached::new(calls, in_cluster(case, lab, actors), recorder)
        });
        Self {
            case,
            lab,
            actors,
            recorder,
            _from_cluster: from_cluster,
            witness,
            format,
            config: format.path(case.given.config),
            control,
            migration_speed,
            metadata: metadata(lab, actors),
            deadline: Instant::now() + Duration::from_millis(case.timeout.0),
            extended: AtomicU64::new(0),
            next,
            running: Mutex::default(),
            active_faults: Mutex::default(),
        }
    }

    pub(super) fn node(&self, name: &NodeName) -> Result<&dyn Node, Trouble> {
        Ok(self.lab.node(name)?)
    }

    /// Keeps a command that goes on while the case does, and is killed with it.
    pub(super) fn keep_running(&self, running: Box<dyn Running>) {
        let mut kept = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(running);
    }

    /// The number of the next invocation.
    pub(super) fn next_id(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Extends the deadline by so many milliseconds: time of an agent that ends by itself is not the case's.
    pub(super) fn extend_deadline(&self, milliseconds: u64) {
        self.extended.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Whether the user has interrupted the run.
    pub(super) fn is_interrupted(&self) -> bool {
        self.actors.interrupted.load(Ordering::Relaxed)
    }

    /// Fails when the case must end now: its time is over, or the user interrupted it.
    pub(super) fn check_deadline(&self) -> Result<(), Trouble> {
        if self.is_interrupted() {
            return Err(Trouble::Interrupted);
        }
        let extended = Duration::from_millis(self.extended.load(Ordering::Relaxed));
        if Instant::now() > self.deadline + extended {
            return Err(Trouble::GivenUp(self.case.timeout));
        }
        Ok(())
    }

    /// The faults that are not undone yet.
    pub(super) fn active_faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        let active = &self.active_faults;
        active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the agent's metadata say, if its manager reads them; nothing where it prints none.
fn metadata(lab: &Lab, actors: Actors<'_>) -> Metadata {
    let dialect = actors.profile.dialect;
    let first = lab.nodes().first();
    let node = first.filter(|_| dialect.rules().reads_metadata());
    let printed = node.and_then(|node| ask_metadata(&**node, actors.agent, dialect).ok());
    let read = printed.and_then(|text| Metadata::parse(&text).ok());
    read.unwrap_or_default()
}

/// The agent as a cluster's resource, which all nodes have at the same place.
fn in_cluster(case: &CaseSpec, lab: &Lab, actors: Actors<'_>) -> AgentInCluster {
    let agent = actors.agent;
    let place = lab.nodes().first().map(|node| node.place_of(&agent.path));
    AgentInCluster {
        program: place.unwrap_or_default().display().to_string(),
        provider: agent.provider().to_owned(),
        kind: agent.name.clone(),
        stand_ins: path::stand_ins(case, actors.profile),
    }
}
