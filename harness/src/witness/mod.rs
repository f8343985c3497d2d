//! Observes the lab independently and never asks the agent: the hypervisor's answers, the process table, the lock, and
//! what guests write to their disks. Emulators that libvirt does not run are asked themselves; of LXC's containers the
//! freezer tells whether they are paused.
//!
//! Each node is watched by separate threads for the hypervisor, the process table, the lock and those states, so that
//! a frozen daemon can't block the others. The witness needs no way into a node and changes nothing: libvirt is asked
//! from outside, by the path of the node's socket, and the process table of a PID namespace is part of its parent's.
//!
//! It samples each daemon every 120 ms and each process table every 60 ms, looks at once after every run of the agent,
//! and takes a guest's end from the guest's own last record. virt 0.5 wraps no domain events, and a callback of our own
//! would be unsafe code. A state that comes and goes between two looks is not seen; the guest's own writes are all
//! logged. Looks must be cheap: a domain is looked up once and then asked for its state alone.

mod domains;
mod emulators;
mod locks;
mod states;
mod view;
mod watcher;
mod writes;

use std::sync::Arc;

pub use view::{NodeView, Subjects};

use crate::history::{NodeName, Sighting, What};
use crate::recorder::Recorder;
use watcher::Watcher;

/// The watchers of one node.
#[derive(Debug)]
struct NodeWatchers {
    name: NodeName,
    domains: Watcher,
    emulators: Watcher,
    lock: Option<Watcher>,
    states: Option<Watcher>,
}

/// Observes one lab until it is dropped.
#[derive(Debug)]
pub struct Witness {
    nodes: Vec<NodeWatchers>,
    _writes: Watcher,
    subjects: Subjects,
    recorder: Arc<Recorder>,
}

impl Witness {
    /// Starts to watch: from now on every change is recorded.
    #[must_use]
    pub fn watch(nodes: &[NodeView], subjects: &Subjects, recorder: &Arc<Recorder>) -> Self {
        let start = |view: &NodeView| {
            let (view, recorder) = (view.clone(), Arc::clone(recorder));
            NodeWatchers {
                name: view.name.clone(),
                domains: domains::start(view.clone(), subjects, Arc::clone(&recorder)),
                emulators: emulators::start(view.clone(), subjects.clone(), Arc::clone(&recorder)),
                states: states::start(view.clone(), subjects.clone(), Arc::clone(&recorder)),
                lock: locks::start(view, recorder),
            }
        };
        Self {
            nodes: nodes.iter().map(start).collect(),
            _writes: writes::start(nodes, subjects, Arc::clone(recorder)),
            subjects: subjects.clone(),
            recorder: Arc::clone(recorder),
        }
    }

    /// Looks at a node now, and returns when all of it is recorded or a second has passed without an answer.
    pub fn look(&self, node: &NodeName) {
        for watchers in &self.nodes {
            if watchers.name == *node {
                watchers.emulators.observe();
                watchers.lock.as_ref().map(Watcher::observe);
                watchers.states.as_ref().map(Watcher::observe);
                if !watchers.domains.observe() {
                    self.record_silence(node);
                }
            }
        }
    }

    /// Records that a node's daemon does not answer.
    fn record_silence(&self, node: &NodeName) {
        for (guest, _) in self.subjects.asked_about_on(node) {
            let silence = Sighting::Domain {
                node: node.clone(),
                guest,
                state: None,
                reason: 0,
                persistent: false,
                autostart: false,
            };
            self.recorder.record(What::Saw(silence));
        }
    }

    /// Looks at every node now.
    pub fn look_everywhere(&self) {
        for watchers in &self.nodes {
            self.look(&watchers.name);
        }
    }
}
