//! The eyes of the suite: libvirt's own answers, the process table, and what guests write to their disks.
//!
//! A witness never asks the agent and never changes what it looks at. Each node has two pairs of eyes in
//! threads of their own, since a frozen daemon must not blind the one that looks at processes.

mod domains;
mod emulators;
mod eyes;
mod writes;

use std::sync::Arc;

pub use eyes::{NodeView, Subjects};

use crate::history::{NodeName, Sighting, What};
use crate::recorder::Recorder;
use eyes::Eyes;

/// All eyes on one lab, open until dropped.
#[derive(Debug)]
pub struct Witness {
    nodes: Vec<(NodeName, Eyes, Eyes)>,
    _writes: Eyes,
    subjects: Subjects,
    recorder: Arc<Recorder>,
}

impl Witness {
    /// Opens the eyes: from now on what they see is recorded whenever it changes.
    #[must_use]
    pub fn watch(nodes: &[NodeView], subjects: &Subjects, recorder: &Arc<Recorder>) -> Self {
        let open = |view: &NodeView| {
            let domains = domains::open(view.clone(), subjects, Arc::clone(recorder));
            let emulators = emulators::open(view.clone(), subjects.clone(), Arc::clone(recorder));
            (view.name.clone(), domains, emulators)
        };
        Self {
            nodes: nodes.iter().map(open).collect(),
            _writes: writes::open(nodes, subjects, Arc::clone(recorder)),
            subjects: subjects.clone(),
            recorder: Arc::clone(recorder),
        }
    }

    /// Looks at a node now and returns when both eyes have recorded what they saw, or could not see
    /// within a second.
    pub fn look(&self, node: &NodeName) {
        for (name, domains, emulators) in &self.nodes {
            if name == node {
                emulators.look();
                if !domains.look() {
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
        for (name, ..) in &self.nodes {
            self.look(name);
        }
    }
}
