//! Who is told what the cluster does, and of what.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::history::{Exit, Fenced, NodeName, Output};
use crate::ocf::Verb;

/// The agent under test, as the nodes have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentInCluster {
    /// Its file.
    pub program: String,
    /// Its provider.
    pub provider: String,
    /// Its type.
    pub kind: String,
    /// The tools in whose places it meets stand-ins.
    pub stand_ins: Vec<String>,
}

/// A run of the agent that the cluster asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterRun {
    /// Where.
    pub node: NodeName,
    /// All arguments.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// The number of the user, which is 0 for all but metadata.
    pub user: u32,
}

impl ClusterRun {
    /// What the agent is asked to do.
    #[must_use]
    pub fn verb(&self) -> Option<Verb> {
        self.args.first().map(|word| Verb::from(word.as_str()))
    }

    /// What the cluster itself sets for the action, by its name.
    #[must_use]
    pub fn meta(&self, name: &str) -> Option<&str> {
        let value = self.env.get(&format!("OCF_RESKEY_CRM_meta_{name}"));
        value.map(String::as_str)
    }

    /// Milliseconds after which the executor kills its group; none where it does not say.
    #[must_use]
    pub fn timeout(&self) -> Option<u64> {
        self.meta("timeout")?.parse().ok()
    }
}

/// How such a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// How the agent's first process ended; what the case had answered in its place.
    pub exit: Exit,
    /// Whether the case answered and no agent ran.
    pub is_answer: bool,
    /// Milliseconds from its begin to its end.
    pub took: u64,
    /// What it printed on standard output.
    pub stdout: Output,
    /// What it printed on standard error.
    pub stderr: Output,
    /// Command lines of processes of its group that it left running.
    pub left_running: Vec<String>,
    /// The percentage of its time in which tasks of the machine waited for a processor.
    pub pressure: Option<u8>,
}

/// Who is told, while a case runs, what the cluster does. Each call waits until it returns.
pub trait ClusterObserver: Debug + Send + Sync {
    /// The cluster asks for a run of the agent, which begins when this returns. Returns a number for it.
    fn run_begins(&self, run: &ClusterRun) -> u32;

    /// A run has ended. The cluster learns of it when this returns.
    fn run_ended(&self, run: &ClusterRun, number: u32, end: RunEnd);

    /// The alert agent of a node was called, with these variables without `CRM_alert_`.
    fn alert(&self, node: &NodeName, variables: &BTreeMap<String, String>);

    /// The fence agent was asked for more than the state of its device.
    fn fenced(&self, fencing: Fenced);
}
