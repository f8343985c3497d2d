//! Observes the lab independently and never asks the agent: libvirt's own answers, the process table, the kernel's list
//! of locks, and what guests write to their disks.
//!
//! Each node is watched by separate threads for libvirt, the process table and, where the lab has one, the lock, so
//! that a frozen libvirtd can't block the others. The witness needs no way into a node: libvirt is asked from outside,
//! by the path of the node's socket, and the process table of a PID namespace is part of its parent's.
//!
//! It samples each daemon every 120 ms and each process table every 60 ms, looks at once after every run of the agent,
//! and takes a guest's end from the guest's own last record. virt 0.5 wraps no domain events, and a callback of our own
//! would be unsafe code. A state that comes and goes between two looks is not seen; the guest's own writes are all
//! logged. Looks must be cheap: a domain is looked up once and then asked for its state alone.

mod domains;
mod emulators;
mod eyes;
mod locks;
mod writes;

use std::sync::Arc;

pub use eyes::{NodeView, Subjects};

use crate::history::{NodeName, Sighting, What};
use crate::recorder::Recorder;
use eyes::Eyes;

/// The eyes on one node.
#[derive(Debug)]
struct NodeEyes {
    name: NodeName,
    domains: Eyes,
    emulators: Eyes,
    lock: Option<Eyes>,
}

/// All eyes on one lab, open until dropped.
#[derive(Debug)]
pub struct Witness {
    nodes: Vec<NodeEyes>,
    _writes: Eyes,
    subjects: Subjects,
    recorder: Arc<Recorder>,
}

impl Witness {
    /// Opens the eyes: from now on what they see is recorded whenever it changes.
    #[must_use]
    pub fn watch(nodes: &[NodeView], subjects: &Subjects, recorder: &Arc<Recorder>) -> Self {
        let open = |view: &NodeView| {
            let (view, recorder) = (view.clone(), Arc::clone(recorder));
            NodeEyes {
                name: view.name.clone(),
                domains: domains::open(view.clone(), subjects, Arc::clone(&recorder)),
                emulators: emulators::open(view.clone(), subjects.clone(), Arc::clone(&recorder)),
                lock: locks::open(view, recorder),
            }
        };
        Self {
            nodes: nodes.iter().map(open).collect(),
            _writes: writes::open(nodes, subjects, Arc::clone(recorder)),
            subjects: subjects.clone(),
            recorder: Arc::clone(recorder),
        }
    }

    /// Looks at a node now and returns when its eyes have recorded what they saw, or could not see
    /// within a second.
    pub fn look(&self, node: &NodeName) {
        for eyes in &self.nodes {
            if eyes.name == *node {
                eyes.emulators.look();
                eyes.lock.as_ref().map(Eyes::look);
                if !eyes.domains.look() {
                    self.tell_silence(node);
                }
            }
        }
    }

    /// Records that a node's daemon does not answer.
    fn tell_silence(&self, node: &NodeName) {
        for (guest, _) in self.subjects.on(node) {
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
        for eyes in &self.nodes {
            self.look(&eyes.name);
        }
    }
}
