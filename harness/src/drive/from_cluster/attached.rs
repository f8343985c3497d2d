use std::sync::Arc;

use super::recorder::ClusterRecorder;
use crate::lab::{AgentInCluster, CallServer, ClusterObserver};

/// A recorder while it is told what the cluster does: until this is dropped.
pub(in crate::drive) struct Attached<'a> {
    calls: &'a CallServer,
    recorder: Arc<ClusterRecorder>,
}

impl<'a> Attached<'a> {
    /// Begins to tell a recorder, and names the agent that the cluster's resource is.
    pub(in crate::drive) fn new(
        calls: &'a CallServer,
        agent: AgentInCluster,
        recorder: ClusterRecorder,
    ) -> Self {
        let recorder = Arc::new(recorder);
        calls.name_agent(agent);
        calls.observe(Some(Arc::clone(&recorder) as Arc<dyn ClusterObserver>));
        Self { calls, recorder }
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.calls.observe(None);
        // Those who are being told keep the recorder for longer.
        self.recorder.close();
    }
}
