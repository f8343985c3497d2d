use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::fence_device::FenceDevice;
use super::observer::{AgentInCluster, ClusterObserver};
use super::runs::Runs;
use super::script::Script;

/// What all connections of a lab know.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) runs: Runs,
    pub(super) script: Script,
    pub(super) device: FenceDevice,
    agent: Mutex<Option<AgentInCluster>>,
    observer: RwLock<Option<Arc<dyn ClusterObserver>>>,
}

impl Shared {
    pub(super) fn new(device: FenceDevice) -> Self {
        Self {
            runs: Runs::default(),
            script: Script::default(),
            device,
            agent: Mutex::default(),
            observer: RwLock::default(),
        }
    }

    /// The agent under test, once it was named.
    pub(super) fn agent(&self) -> Option<AgentInCluster> {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        agent.clone()
    }

    pub(super) fn name_agent(&self, named: AgentInCluster) {
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        *agent = Some(named);
    }

    /// Who is told, if anybody is.
    pub(super) fn observer(&self) -> Option<Arc<dyn ClusterObserver>> {
        let observer = self.observer.read();
        observer.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn observe(&self, by: Option<Arc<dyn ClusterObserver>>) {
        let observer = self.observer.write();
        *observer.unwrap_or_else(PoisonError::into_inner) = by;
    }
}
