//! What the witness needs of a lab.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::Engine;
use crate::history::{Guest, NodeName};
use crate::lab::{Hypervisor, LockSite, Node};

/// A node as it is seen from outside.
#[derive(Clone, Debug)]
pub struct NodeView {
    /// The node's name in cases.
    pub name: NodeName,
    /// The node itself, which the witness never changes.
    pub node: Arc<dyn Node>,
    /// What runs its guests.
    pub hypervisor: &'static dyn Hypervisor,
    /// The log of the subject's disk server.
    pub subject_log: PathBuf,
    /// The log of the bystander's disk server.
    pub bystander_log: PathBuf,
    /// The lock of the lab, where it has one.
    pub lock: Option<LockSite>,
}

/// The guests of a lab, and where their disks lie.
#[derive(Clone, Debug)]
pub struct Subjects {
    /// The subject's UUID and its shared disk.
    pub subject: (String, PathBuf),
    /// Each node's bystander: node, UUID, disk.
    pub bystanders: Vec<(NodeName, String, PathBuf)>,
    /// The UUID of the stranger.
    pub stranger: String,
    /// What runs the subject. The hypervisor is asked about it only where that is libvirt.
    pub engine: Engine,
}

impl Subjects {
    /// The guest with that UUID.
    #[must_use]
    pub fn guest_of(&self, uuid: &str) -> Option<Guest> {
        if uuid == self.subject.0 {
            Some(Guest::Subject)
        } else if uuid == self.stranger {
            Some(Guest::Stranger)
        } else if self
            .bystanders
            .iter()
            .any(|(_, bystander, _)| bystander == uuid)
        {
            Some(Guest::Bystander)
        } else {
            None
        }
    }

    /// The guests that the hypervisor of that node is asked about, with their UUIDs.
    #[must_use]
    pub fn asked_about_on(&self, node: &NodeName) -> Vec<(Guest, String)> {
        let subject = self.engine.asks_libvirt();
        let subject = subject.then(|| (Guest::Subject, self.subject.0.clone()));
        let mut guests = Vec::from_iter(subject);
        let own = self.bystanders.iter().filter(|(of, ..)| of == node);
        guests.extend(own.map(|(_, uuid, _)| (Guest::Bystander, uuid.clone())));
        guests
    }
}
