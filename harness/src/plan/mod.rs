//! The choice: which cases of the suite run against which agent on which lab, and why others do not.

mod agent;
mod asking;
mod baseline;
mod choose;
mod described;
mod engine;
mod lacking;
mod profile;
mod proof;
mod read;
mod selection;
mod skip;
mod written;

pub use agent::{Agent, AgentError};
pub use asking::{ask_metadata, metadata_command};
pub use baseline::Baseline;
pub use choose::Plan;
pub use described::{Described, meant};
pub use profile::{Deviation, Profile};
pub use proof::{CasePattern, Header};
pub use read::ProfileError;
pub use selection::Selection;
pub use skip::{Ability, AgentLack, LabLack, SkipKind, SkipReason};
