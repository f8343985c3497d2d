//! The steps of `when`: what a case does, from a run of the agent to a command to the guest.
//!
//! A new step is a variant here with its kind in `history/step.rs`, and an arm in `drive/steps.rs`. How long one may take,
//! and which steps are within it, is asked in `stretch.rs` and `walk.rs`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultKind};
use super::fence::Fence;
use super::{Check, ClusterDo, Millis, OneOrMany, Phase, Role, Schedule};
use crate::history::{NodeName, StepKind};
use crate::ocf::{Returned, Verb};

/// The timeout of an action for which a case gives none, as Pacemaker's own default.
pub const DEFAULT_TIMEOUT: Millis = Millis(20_000);

/// One step of `when`: a map of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Run the agent and wait for its end.
    Run(Run),
    /// Run the agent under test as a fence agent and wait for its end; what only agents of the dialect `fence` are asked.
    Fence(Fence),
    /// Begin all of these at one barrier and wait for all.
    Together(Vec<Step>),
    /// Harm the lab.
    Fault(Fault),
    /// Undo every fault of that kind: `daemon`, `network`.
    Heal(FaultKind),
    /// Do something by hand through libvirt, as an operator outside the cluster would.
    Outside(Outside),
    /// Tell the guest itself to do something.
    Guest(GuestDo),
    /// Wait until a condition holds, or go on when it did not.
    Settle(Settle),
    /// Judge a condition at this moment.
    Check(Check),
    /// Send a signal to the run that this happens during.
    Signal(Signal),
    /// Ask something of the cluster around the agent.
    Cluster(ClusterDo),
    /// Ask a cluster's scheduler what it orders, in the lab `scheduler`.
    Schedule(Box<Schedule>),
}

impl Step {
    /// What it does, by its key in a case file.
    #[must_use]
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::Run(_) => StepKind::Run,
            Self::Fence(_) => StepKind::Fence,
            Self::Together(_) => StepKind::Together,
            Self::Fault(_) => StepKind::Fault,
            Self::Heal(_) => StepKind::Heal,
            Self::Outside(_) => StepKind::Outside,
            Self::Guest(_) => StepKind::Guest,
            Self::Settle(_) => StepKind::Settle,
            Self::Check(_) => StepKind::Check,
            Self::Signal(_) => StepKind::Signal,
            Self::Cluster(_) => StepKind::Cluster,
            Self::Schedule(_) => StepKind::Schedule,
        }
    }

    /// The node that it is about, if it is about one.
    #[must_use]
    pub fn node(&self) -> Option<&NodeName> {
        match self {
            Self::Run(run) => Some(&run.node),
            Self::Fence(fence) => Some(&fence.node),
            Self::Fault(fault) => Some(fault.node()),
            Self::Outside(outside) => Some(outside.node()),
            _ => None,
        }
    }
}

/// What happens while a run of a migration is under way.
///
/// A phase that never comes makes the case `unknown`: a harm that was not done proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct During {
    /// The moment to wait for; without it, the step begins as soon as the one before it has ended.
    #[serde(default)]
    pub when: Option<Phase>,
    /// The step that begins then, while the run goes on.
    #[serde(rename = "do")]
    pub step: Step,
}

/// A signal to processes of the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Who gets it.
    pub to: Addressee,
    /// Which one.
    pub signal: SignalName,
}

impl Signal {
    /// Whether the agent may end by it, as a case wants it: a TERM may also be handled.
    #[must_use]
    pub const fn may_end_the_agent(self) -> bool {
        matches!(self.to, Addressee::Agent)
            && matches!(self.signal, SignalName::Kill | SignalName::Term)
    }
}

/// Which processes of a run get a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// The agent's whole process group, as Pacemaker's executor kills it at the timeout; its own process alone, as rgmanager
    /// kills it, where that is the agent's dialect.
    Agent,
    /// Only what the agent itself has started, a `virsh` say.
    Children,
}

/// A signal by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalName {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Term,
    /// SIGSTOP.
    Stop,
    /// SIGCONT.
    Continue,
}

/// One run of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The first argument; null for none at all.
    pub action: Option<Verb>,
    /// Where.
    pub node: NodeName,
    /// The target of a `migrate_to`.
    #[serde(default)]
    pub to: Option<NodeName>,
    /// The source of a `migrate_from`.
    #[serde(default)]
    pub from: Option<NodeName>,
    /// A label for later checks.
    #[serde(default, rename = "as")]
    pub label: Option<String>,
    /// Arguments after the action.
    #[serde(default)]
    pub args: Vec<String>,
    /// Parameters that differ in this run, by role; null leaves one out.
    #[serde(default)]
    pub parameters: BTreeMap<Role, Option<String>>,
    /// Variables that differ in this run; null takes one away.
    #[serde(default)]
    pub env: BTreeMap<String, Option<String>>,
    /// Interval of a recurring monitor; without it a monitor is a probe.
    #[serde(default)]
    pub interval: Option<Millis>,
    /// How deep a monitor looks, as `OCF_CHECK_LEVEL` says it.
    #[serde(default)]
    pub depth: Option<u32>,
    /// Whether a `migrate_to` is told where to.
    #[serde(default)]
    pub target: Target,
    /// Whether rgmanager has the resource in a service, from which it inherits attributes.
    #[serde(default)]
    pub parent: Parent,
    /// The action's timeout as the manager would be configured: it is killed when it passed, as by `kill_after`.
    #[serde(default)]
    pub timeout: Option<Millis>,
    /// Whether to run as an ordinary user instead of root.
    #[serde(default)]
    pub unprivileged: bool,
    /// Tools taken off the agent's PATH for this run.
    #[serde(default)]
    pub without_tools: Vec<String>,
    /// How many times in a row; each run must end as `returns` says.
    #[serde(default = "once")]
    pub times: u32,
    /// Kill the agent this long after it began: its group, or its own process alone where its dialect is rgmanager's.
    #[serde(default)]
    pub kill_after: Option<Millis>,
    /// What is done while a migration runs, in this order, each at its moment.
    #[serde(default)]
    pub during: Vec<During>,
    /// How it may end.
    pub returns: OneOrMany<Returned>,
    /// How long it may take; longer is a finding of the case's level.
    #[serde(default)]
    pub within: Option<Millis>,
    /// Whether every parameter that is not set is set to the default that an earlier meta-data advertised.
    #[serde(default)]
    pub defaults: bool,
    /// Whether it is made once for each parameter that an earlier meta-data says the action applies without a restart, with
    /// another value of that parameter alone: what `parameters` has for it, else the opposite boolean, the next number,
    /// another option. Other parameters stay as they are, and a note says which. If there is none to change, the run is
    /// made once, as it is.
    #[serde(default)]
    pub each_reloadable: bool,
}

impl Run {
    /// A run as Pacemaker would make it, which must end with success.
    #[must_use]
    pub fn new(action: Verb, node: NodeName) -> Self {
        Self {
            action: Some(action),
            node,
            to: None,
            from: None,
            label: None,
            args: Vec::new(),
            parameters: BTreeMap::new(),
            env: BTreeMap::new(),
            interval: None,
            depth: None,
            target: Target::Told,
            parent: Parent::Service,
            timeout: None,
            unprivileged: false,
            without_tools: Vec::new(),
            times: once(),
            kill_after: None,
            during: Vec::new(),
            returns: OneOrMany(vec![Returned::SUCCESS]),
            within: None,
            defaults: false,
            each_reloadable: false,
        }
    }

    /// Whether the case kills it, by itself or with its machine.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        let ends = |step: &Step| match step {
            Step::Signal(signal) => signal.may_end_the_agent(),
            Step::Fault(Fault::Power(node)) => *node == self.node,
            _ => false,
        };
        let mut during = self.during.iter();
        self.kill_after.is_some() || during.any(|during| during.step.any(&ends))
    }
}

impl From<&Fence> for Run {
    fn from(fence: &Fence) -> Self {
        Self {
            label: fence.label.clone(),
            args: fence.lines.clone(),
            timeout: Some(fence.limit()),
            ..Self::new(Verb::Fence(fence.action), fence.node.clone())
        }
    }
}

/// Whether the agent is told the target of a migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// It is.
    #[default]
    Told,
    /// It is not, as by a manager that does not know it.
    None,
}

/// What rgmanager has a resource in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    /// A service that is named `ha-service`.
    #[default]
    Service,
    /// Nothing, so nothing is inherited.
    None,
}

const fn once() -> u32 {
    1
}

/// Something an operator does by hand, through libvirt, outside the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// Suspend the subject.
    Suspend(NodeName),
    /// Resume the subject.
    Resume(NodeName),
    /// Create the subject from its configuration file.
    Create(NodeName),
    /// Define the subject persistently.
    Define(NodeName),
    /// Define the subject persistently, to be started with the node's daemon.
    Autostart(NodeName),
    /// Abort the job that runs on the subject.
    Abort(NodeName),
    /// Destroy the subject.
    Destroy(NodeName),
    /// Begin to migrate the subject from here to the other node by post-copy, until it runs there.
    PostCopy(NodeName),
    /// Begin to migrate the subject live from here to the other node, so slowly that it goes on for half a minute, until
    /// both nodes have its domain.
    Migrate(NodeName),
}

impl Outside {
    /// Its key in a case file.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Suspend(_) => "suspend",
            Self::Resume(_) => "resume",
            Self::Create(_) => "create",
            Self::Define(_) => "define",
            Self::Autostart(_) => "autostart",
            Self::Abort(_) => "abort",
            Self::Destroy(_) => "destroy",
            Self::PostCopy(_) => "post_copy",
            Self::Migrate(_) => "migrate",
        }
    }

    /// The node whose libvirt is asked.
    #[must_use]
    pub const fn node(&self) -> &NodeName {
        match self {
            Self::Suspend(node)
            | Self::Resume(node)
            | Self::Create(node)
            | Self::Define(node)
            | Self::Autostart(node)
            | Self::Abort(node)
            | Self::Destroy(node)
            | Self::PostCopy(node)
            | Self::Migrate(node) => node,
        }
    }
}

/// A command to the witness guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuestDo {
    /// Ignore the power button.
    Deaf,
    /// Obey the power button only some seconds later.
    Slow,
    /// Panic.
    Panic,
    /// Suspend to RAM.
    Suspend,
    /// Power off.
    PowerOff,
    /// Reboot.
    Reboot,
    /// Dirty memory as fast as it can.
    Dirty,
    /// Neither deaf nor slow nor dirtying memory any more.
    Normal,
}

/// Wait until a condition holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The condition: a check that needs no finished run.
    pub until: Check,
    /// How long to wait at most.
    pub within: Millis,
    /// Whether it is as good when it did not come true: the case goes on, and nothing is judged.
    #[serde(default)]
    pub optional: bool,
}
