//! The record between act, see and decide: everything that was done and seen while a case ran.
//!
//! Append-only while a case runs, a plain value afterwards: one JSON object a line (`history.jsonl.gz`), by time, after a
//! first line with the file's format.

mod cluster;
mod domain_state;
mod entry;
mod file;
mod lab_facts;
mod moment;
mod node_name;
mod run;
mod scheduled;
mod sighting;
mod step;
mod step_path;

pub use cluster::{
    ActionResult, ActionStatus, Belief, ClusterEvent, Decision, FenceOutcome, Fenced, Member,
    NodeBelief, Order, ResourceBelief,
};
pub use domain_state::DomainState;
pub use entry::{Entry, What};
pub use file::{FORMAT, History, HistoryError};
pub use lab_facts::LabFacts;
pub use moment::{Moment, seconds};
pub use node_name::NodeName;
pub use run::{AskedBy, Exit, Invocation, Outcome, Output, ToolCall};
pub use scheduled::{Scheduled, ScheduledAction};
pub use sighting::{Emulator, Guest, Sighting};
pub use step::{Actor, FaultName, StepKind};
pub use step_path::{StepPath, StepPathError, Within};
