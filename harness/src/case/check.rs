//! The checks: what `then`, `check` and `settle` may demand, and what the suite must know of each.
//!
//! A new check is a variant with its line in [`Check::facts`], and a function in `judge/condition`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schedule::stage_nodes;
use super::{ClusterCheck, Millis, OneOrMany, Outage, Planned};
use crate::history::{DomainState, NodeName};

/// A condition on what was done and seen; in `then` it is judged at the end of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// How many instances of the guest run, over all nodes.
    Running(Quantity),
    /// The domain's state on each node named.
    State(BTreeMap<NodeName, OneOrMany<DomainState>>),
    /// Labelled monitors said what the witness saw.
    Agrees(Agrees),
    /// What became of the guest.
    Guest(GuestCheck),
    /// Nothing of the guest has written to its disk since the agent's last run ended.
    Silent(Silent),
    /// What a labelled run printed.
    Output(OutputCheck),
    /// How long a labelled run took.
    Took(Took),
    /// Labelled runs ended with the same code.
    Alike(Vec<String>),
    /// How many of the labelled runs answered success.
    Successes {
        /// The labels.
        of: Vec<String>,
        /// How many.
        are: Quantity,
    },
    /// Rules that the labelled meta-data's output obeys.
    Metadata {
        /// The label of the meta-data run.
        of: String,
        /// The rules.
        rules: Vec<MetadataRule>,
    },
    /// Calls of tools under the shim that a labelled run made.
    Calls(Calls),
    /// The configuration file is there again or still, byte for byte (true), or is not.
    ConfigUntouched(bool),
    /// No persistent definition of the subject is on these nodes.
    Undefined(Vec<NodeName>),
    /// libvirt's autostart of the subject is off on this node, or a run there spoke of it.
    AutostartNoticed(NodeName),
    /// The lock that the case needs is held on this node, and on no other.
    Locked(NodeName),
    /// The folder that the agent was given by its parameter `dump_directory` holds a crashed guest's memory on this node.
    Dumped(NodeName),
    /// The outcome is reported, not judged: policy clauses.
    Report(String),
    /// Every run of these labels printed the same on standard output.
    SameOutput(Vec<String>),
    /// The configuration file is there and is one well-formed document (true), or is not, on every node.
    ConfigWhole(bool),
    /// No run printed the password that the configuration has in the form `secret`, nor was it in a file
    /// that others can read after a run (true), or it was (false).
    SecretHidden(bool),
    /// What the cluster around the agent does, has done or believes.
    Cluster(ClusterCheck),
    /// For how long no instance of the guest ran.
    Outage(Outage),
    /// What the scheduler orders, and nothing else of the resources that the list names, of `vm` if it names none, and of
    /// nodes that are fenced: each item waits for the one before it. The actions of an item that is a list may come in any
    /// order.
    Ordered(Vec<OneOrMany<Planned>>),
    /// The scheduler orders both, and neither waits for the other.
    Unordered(Box<[Planned; 2]>),
}

/// What a check needs, which not every lab, case or agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckNeed {
    /// A guest that is real.
    RealGuest,
    /// A lock on a disk of the subject.
    Lock,
    /// A folder in which the agent is to save a crashed guest's memory.
    DumpDirectory,
    /// The hypervisor is libvirt, which keeps definitions.
    Definition,
    /// The hypervisor is libvirt, which alone tells the state that is demanded.
    DomainState,
    /// A cluster around the agent.
    Cluster,
    /// A scheduler that was asked.
    Scheduler,
}

/// What the suite must know of a check beside how it is examined.
struct Facts<'a> {
    key: &'static str,
    /// Each name with its place below the check, such as `.of` or `[0]`.
    labels: Vec<(String, &'a str)>,
    nodes: Vec<(String, &'a NodeName)>,
    needs: &'static [CheckNeed],
}

impl<'a> Facts<'a> {
    fn new(key: &'static str, needs: &'static [CheckNeed]) -> Self {
        Self {
            key,
            labels: Vec::new(),
            nodes: Vec::new(),
            needs,
        }
    }

    fn label(mut self, key: &str, label: &'a str) -> Self {
        self.labels.push((key.to_owned(), label));
        self
    }

    fn labels(mut self, key: &str, labels: &'a [String]) -> Self {
        let numbered = labels.iter().enumerate();
        let below = |(i, label): (usize, &'a String)| (format!("{key}[{i}]"), label.as_str());
        self.labels.extend(numbered.map(below));
        self
    }

    fn nodes(mut self, nodes: impl IntoIterator<Item = (String, &'a NodeName)>) -> Self {
        self.nodes.extend(nodes);
        self
    }

    fn node(self, node: &'a NodeName) -> Self {
        self.nodes([(String::new(), node)])
    }
}

impl Check {
    /// A line for each check.
    fn facts(&self) -> Facts<'_> {
        use CheckNeed::{Cluster, Definition, DumpDirectory, Lock, RealGuest, Scheduler};
        match self {
            Self::Running(_) => Facts::new("running", &[]),
            Self::State(states) => {
                let nodes = states.keys().map(|node| (format!(".{node}"), node));
                Facts::new("state", state_needs(states)).nodes(nodes)
            }
            Self::Agrees(agrees) => Facts::new("agrees", &[]).labels("", &agrees.0),
            Self::Guest(_) => Facts::new("guest", &[RealGuest]),
            Self::Silent(_) => Facts::new("silent", &[RealGuest]),
            Self::Output(output) => Facts::new("output", &[]).label(".of", &output.of),
            Self::Took(took) => {
                let facts = Facts::new("took", &[]).label(".of", &took.of);
                let beyond = took.beyond.iter();
                beyond.fold(facts, |facts, label| facts.label(".beyond", label))
            }
            Self::Alike(labels) => Facts::new("alike", &[]).labels("", labels),
            Self::Successes { of, .. } => Facts::new("successes", &[]).labels(".of", of),
            Self::Metadata { of, .. } => Facts::new("metadata", &[]).label(".of", of),
            Self::Calls(calls) => Facts::new("calls", &[]).label(".of", &calls.of),
            Self::ConfigUntouched(_) => Facts::new("config_untouched", &[]),
            Self::Undefined(nodes) => {
                let numbered = nodes.iter().enumerate();
                let nodes = numbered.map(|(i, node)| (format!("[{i}]"), node));
                Facts::new("undefined", &[Definition]).nodes(nodes)
            }
            Self::AutostartNoticed(node) => {
                Facts::new("autostart_noticed", &[Definition]).node(node)
            }
            Self::Locked(node) => Facts::new("locked", &[Lock]).node(node),
            Self::Dumped(node) => Facts::new("dumped", &[DumpDirectory]).node(node),
            Self::Report(label) => Facts::new("report", &[]).label("", label),
            Self::SameOutput(labels) => Facts::new("same_output", &[]).labels("", labels),
            Self::ConfigWhole(_) => Facts::new("config_whole", &[]),
            Self::SecretHidden(_) => Facts::new("secret_hidden", &[]),
            Self::Cluster(check) => Facts::new("cluster", &[Cluster]).nodes(check.nodes()),
            Self::Outage(_) => Facts::new("outage", &[RealGuest]),
            Self::Ordered(stages) => Facts::new("ordered", &[Scheduler]).nodes(stage_nodes(stages)),
            Self::Unordered(both) => {
                let numbered = both.iter().enumerate();
                let nodes = numbered.flat_map(|(i, it)| it.nodes(&format!("[{i}]")));
                Facts::new("unordered", &[Scheduler]).nodes(nodes)
            }
        }
    }

    /// Its key in a case file, such as `running`.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.facts().key
    }

    /// The labels of the runs that it judges, each with its place below the check, such as `.of` or `[0]`.
    #[must_use]
    pub fn labels(&self) -> Vec<(String, &str)> {
        self.facts().labels
    }

    /// The nodes that it names, each with its place below the check.
    #[must_use]
    pub fn nodes(&self) -> Vec<(String, &NodeName)> {
        self.facts().nodes
    }

    /// What it needs, which not every lab, case or agent has.
    #[must_use]
    pub fn needs(&self) -> &'static [CheckNeed] {
        self.facts().needs
    }
}

/// The process table shows whether a guest runs or is absent; any other state only libvirt tells.
fn state_needs(states: &BTreeMap<NodeName, OneOrMany<DomainState>>) -> &'static [CheckNeed] {
    let is_seen = |state: &DomainState| matches!(state, DomainState::Running | DomainState::Absent);
    match states.values().all(|allowed| allowed.0.iter().any(is_seen)) {
        true => &[],
        false => &[CheckNeed::DomainState],
    }
}

/// A bound on a count; at least one of the three is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Quantity {
    /// Neither more nor fewer.
    pub exactly: Option<u32>,
    /// No more.
    pub at_most: Option<u32>,
    /// No fewer.
    pub at_least: Option<u32>,
}

/// Labels of monitors whose answers must fit what the witness saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Agrees(pub Vec<String>);

/// What became of the guest since the case's steps began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuestCheck {
    /// The same incarnation goes on writing (true), or another one does (false).
    pub same: Option<bool>,
    /// It obeyed the power button and ended by itself (true), or was cut off (false).
    pub ended_cleanly: Option<bool>,
}

/// For how long the disk's servers have logged no write of the guest, from whatever node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Silent {
    /// How long at least: a case that waits for it settles a little longer.
    #[serde(rename = "for")]
    pub span: Millis,
}

/// What a labelled run printed; at least one demand is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputCheck {
    /// The run's label.
    pub of: String,
    /// Standard output is empty (true) or not (false).
    #[serde(default)]
    pub stdout_empty: Option<bool>,
    /// Standard error is empty (true) or not (false).
    #[serde(default)]
    pub stderr_empty: Option<bool>,
    /// The last exit reason is there (true) or not (false).
    #[serde(default)]
    pub has_reason: Option<bool>,
    /// A regular expression that the last exit reason must match.
    #[serde(default)]
    pub reason: Option<String>,
    /// A regular expression that standard error must not match.
    #[serde(default)]
    pub stderr_lacks: Option<String>,
    /// A regular expression that standard output and standard error together must match.
    #[serde(default)]
    pub says: Option<String>,
}

/// How long a labelled run took; at least one bound is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Took {
    /// The run's label.
    pub of: String,
    /// No longer than this, beyond what the other runs took.
    #[serde(default)]
    pub at_most: Option<Millis>,
    /// The label of runs of the same agent where nothing is amiss; the longest of them counts. A slow agent is right too,
    /// so `at_most` alone says nothing of a run.
    #[serde(default)]
    pub beyond: Option<String>,
    /// No shorter than this.
    #[serde(default)]
    pub at_least: Option<Millis>,
}

/// Calls of a tool that a labelled run made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// The run's label.
    pub of: String,
    /// The tool.
    pub tool: String,
    /// Words that must all be among a call's arguments for it to count; none counts every call.
    #[serde(default)]
    pub with: Vec<String>,
    /// Texts none of which is within any of a call's arguments, nor in the URI that libvirt's own
    /// variables gave it, for it to count.
    #[serde(default)]
    pub without: Vec<String>,
    /// How many such calls.
    pub are: Quantity,
}

/// A rule on an agent's metadata; each is one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetadataRule {
    /// META-01: one well-formed document and nothing else.
    WellFormed,
    /// META-02: valid against the dialect's schema.
    Valid,
    /// META-03: start, stop, monitor, meta-data, each with a timeout.
    MandatoryActions,
    /// META-03b: monitor with an interval.
    MonitorInterval,
    /// META-04: both migration actions or neither.
    MigrationsPaired,
    /// META-09: the parameter that holds the configuration is unique.
    IdentityUnique,
    /// META-10: types are of the set, and a default is of its type.
    Types,
    /// META-11: nothing of OCF 1.1 under 1.0.
    VersionHonest,
    /// META-13: no roles.
    NoRoles,
    /// META-14: the advertised timeouts cover libvirt's own waits.
    TimeoutsCover,
    /// META-15: every text is there, in a named language, and describes its own parameter.
    Texts,
    /// META-17: the long description has a word for each kind of guest that neither runs nor is off, and one for locks.
    /// Without such a word it tells nothing of them; whether it tells enough is for a reader to judge.
    Treatment,
    /// META-07b: a required parameter has no default.
    RequiredHasNoDefault,
    /// OCF-INST-01b: the name in the metadata is the file's name.
    NameIsFileName,
    /// OCF-INST-02: an init-script header in the agent's file, if there is one, names and describes the same agent.
    Header,
    /// META-12: reloadable parameters only with reload-agent.
    Reloadable,
    /// RGM-09: what rgmanager's daemon reads there: one primary parameter, what is inherited, what `reconfig` may change,
    /// its special part, and depths.
    Rgmanager,
    /// FEN-15: the actions that every cluster asks of a fence agent, and a parameter for the guest's name.
    Fencing,
}
