//! The choice: which cases of the suite run against which agent on which lab, and why others do not.

mod agent;
mod asking;
mod baseline;
mod choose;
mod containers;
mod described;
mod draft;
mod engine;
mod filter;
mod folders;
mod frozen;
mod lacking;
mod missed;
mod partition;
mod profile;
mod proof;
mod quick;
mod read;
mod selection;
mod skip;
mod written;

pub use agent::{Agent, AgentError};
pub use asking::{ask_metadata, asked_metadata, metadata_command};
pub use baseline::Baseline;
pub use choose::Plan;
pub use described::{Described, meant};
pub use draft::{Draft, Drafted};
pub use filter::Filter;
pub use missed::{Need, default_programs, interpreter, missed, needs, needs_of};
pub use partition::Partition;
pub use profile::{Deviation, Profile};
pub use proof::{CasePattern, Header};
pub use quick::Quick;
pub use read::ProfileError;
pub use selection::Selection;
pub use skip::{Ability, AgentLack, LabLack, SkipKind, SkipReason};
