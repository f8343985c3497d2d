//! The eyes of the suite: libvirt's own answers, the process table, the kernel's list of locks, and what guests
//! write to their disks.
//!
//! A witness never asks the agent and never changes what it looks at. Each node has two pairs of eyes in
//! threads of their own, and a third where the lab has a lock, since a frozen daemon must not blind the one that looks at
//! processes.

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
