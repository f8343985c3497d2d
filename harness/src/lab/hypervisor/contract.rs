use std::fmt::Debug;
use std::path::{Path, PathBuf};

use crate::equipment::Transport;
use crate::history::{DomainState, NodeName};
use crate::lab::command::Running;
use crate::lab::domain::DomainSpec;
use crate::lab::error::LabError;
use crate::lab::node::Node;

/// What runs guests on a lab's nodes.
pub trait Hypervisor: Domains + Footprint + Debug + Send + Sync {
    /// The definition of a domain, as an operator would write it by hand.
    fn definition(&self, domain: &DomainSpec) -> String;

    /// A connection to a node, for many questions. It is opened with the first one.
    fn connect(&self, node: &dyn Node) -> Box<dyn Connection>;

    /// Does something by hand, as an operator outside the cluster would, and waits for the answer.
    ///
    /// # Errors
    /// When the hypervisor refuses, or does not answer in time.
    fn operate(&self, node: &dyn Node, action: OperatorAction) -> Result<(), LabError>;

    /// Limits a domain's live migrations away from a node: the next one, and one that is under way. Nothing comes of it
    /// where the node has no such domain, or it is not active.
    ///
    /// # Errors
    /// When the hypervisor refuses, or does not answer shortly: the agent that is about to migrate waits for it.
    fn limit_migrations(&self, node: &dyn Node, limit: MigrationLimit) -> Result<(), LabError>;

    /// Aborts the job that runs on a domain, by hand.
    ///
    /// # Errors
    /// When there is none, or it cannot be aborted.
    fn abort_job(&self, node: &dyn Node, uuid: &str) -> Result<(), LabError>;

    /// Begins to migrate a domain live away from a node, by hand. The migration lasts as long as what is returned.
    ///
    /// # Errors
    /// When it cannot be begun.
    fn begin_migration(
        &self,
        source: &dyn Node,
        migration: &LiveMigration,
    ) -> Result<Box<dyn Running>, LabError>;
}

/// The domains of a node, as the lab itself starts and ends them.
pub trait Domains {
    /// Defines and starts a domain, the node's first.
    ///
    /// # Errors
    /// When the hypervisor refuses, or does not answer in time.
    fn run_domain(&self, node: &dyn Node, domain: &DomainSpec) -> Result<(), LabError>;

    /// The UUIDs of all domains, and whether each runs.
    ///
    /// # Errors
    /// When the hypervisor does not answer.
    fn domains(&self, node: &dyn Node) -> Result<Vec<(String, bool)>, LabError>;

    /// Ends every domain and its definition but the one with that UUID, and waits until the daemon knows that one.
    ///
    /// # Errors
    /// When the hypervisor does not answer.
    fn clear_domains(&self, node: &dyn Node, but: &str) -> Result<(), LabError>;

    /// The hypervisor's own number of the active domain with that UUID.
    ///
    /// # Errors
    /// When it does not know the domain.
    fn domain_id(&self, node: &dyn Node, uuid: &str) -> Result<u32, LabError>;
}

/// What the hypervisor keeps on a node.
pub trait Footprint {
    /// The file in which the hypervisor's daemon keeps that of a node while the node is up.
    fn runtime_record(&self, record: RuntimeRecord<'_>) -> PathBuf;

    /// Whether a file of a node is the hypervisor's own business. What an operator defines and saves is not.
    fn is_own_file(&self, file: &Path) -> bool;
}

/// A connection to the hypervisor of one node. After a question without an answer the next one opens it anew.
///
/// Each answer is none when the hypervisor says that it has no domain of that UUID.
pub trait Connection: Send {
    /// The state of a domain, and the hypervisor's own number of the reason; each state counts its reasons from 0.
    ///
    /// # Errors
    /// When there was no answer.
    fn state(&mut self, uuid: &str) -> Result<Option<(DomainState, i32)>, NoAnswer>;

    /// All that the witness records of a domain. Costs more than the state alone.
    ///
    /// # Errors
    /// When there was no answer.
    fn domain(&mut self, uuid: &str) -> Result<Option<DomainSeen>, NoAnswer>;

    /// The same of an active domain whose title is that UUID: the stand-in for `xl` creates such a one beside a guest on the
    /// way, whose UUID libvirt would refuse.
    ///
    /// # Errors
    /// When there was no answer.
    fn beside(&mut self, uuid: &str) -> Result<Option<DomainSeen>, NoAnswer>;

    /// How far the migration of a domain is on this side. The share of its memory costs a question more.
    ///
    /// # Errors
    /// When there was no answer.
    fn migration(
        &mut self,
        uuid: &str,
        with_share: bool,
    ) -> Result<Option<MigrationSide>, NoAnswer>;
}

/// The hypervisor did not answer: what it would have said is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// What the hypervisor says of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DomainSeen {
    /// Its state.
    pub state: DomainState,
    /// The hypervisor's own number of the reason.
    pub reason: i32,
    /// Whether it has a definition that outlives it.
    pub persistent: bool,
    /// Whether it is started with the daemon.
    pub autostart: bool,
}

/// What one side of a migration says of the domain; the default is that it has no such domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MigrationSide {
    /// It has an active domain of it.
    pub active: bool,
    /// Which runs.
    pub running: bool,
    /// Which is paused.
    pub paused: bool,
    /// The share of its memory in percent that a migration away has carried over; none without a job, or when that was
    /// not asked.
    pub copied: Option<u8>,
}

/// One thing that an operator does by hand. Domains are named by their UUIDs.
#[derive(Clone, Debug)]
pub enum OperatorAction {
    /// Create a transient domain of that definition.
    Create(String),
    /// Define a persistent domain.
    Define(String),
    /// Suspend a domain.
    Suspend(String),
    /// Resume it.
    Resume(String),
    /// Mark it for autostart.
    Autostart(String),
    /// Destroy it.
    Destroy(String),
    /// Start the defined domain and save it, so that its memory is kept beside its definition.
    Save(String),
}

/// A live migration.
#[derive(Clone, Debug)]
pub struct LiveMigration {
    /// The domain.
    pub uuid: String,
    /// The node that it goes to.
    pub target: NodeName,
    /// How the daemons reach each other.
    pub transport: Transport,
    /// How the memory goes over.
    pub way: Way,
}

/// How fast live migrations of a domain go that are begun without a speed of their own.
#[derive(Clone, Debug)]
pub struct MigrationLimit {
    /// The domain's UUID.
    pub uuid: String,
    /// In MiB a second.
    pub speed: u32,
}

/// How a live migration carries the guest's memory over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// All of it before the guest runs on the target, at one megabyte a second.
    Slowly,
    /// Once, and what has changed since then by post-copy.
    PostCopy,
}

/// What a daemon keeps in a file until the node is shut down.
#[derive(Clone, Copy, Debug)]
pub enum RuntimeRecord<'a> {
    /// What it knows of the running domain of that name.
    Domain(&'a str),
    /// That it has started everything that is to be started with the node.
    Started,
}
