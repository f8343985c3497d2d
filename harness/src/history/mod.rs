//! The record between act, see and decide: everything that was done and seen while a case ran.
//!
//! Append-only while a case runs, a plain value afterwards: one JSON object a line (`history.jsonl`), by time.

mod domain_state;
mod entry;
mod file;
mod moment;
mod node_name;
mod run;
mod sighting;

pub use domain_state::DomainState;
pub use entry::{Entry, What};
pub use file::History;
pub use moment::{Moment, seconds};
pub use node_name::NodeName;
pub use run::{Exit, Invocation, Outcome, Output, ToolCall};
pub use sighting::{Emulator, Guest, Sighting};

pub use crate::equipment::{Daemons, Lock, Transport};
