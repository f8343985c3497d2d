//! A case file: what it may say (`model`, `step`, `check`), how it is read, and the register of clauses.
//!
//! A file is read in this order: `reader` makes a tree (`yaml`) whose every value knows where it stands,
//! and refuses what YAML has too much of; `repeat` writes out what a case repeats; `table` fills the rows in; `typed` makes the model of it; `lint`
//! refuses what the types cannot. Nothing here runs anything.

mod catches;
mod check;
mod cluster;
mod cluster_check;
mod cluster_harm;
mod config_form;
mod durations;
mod fault;
mod fence;
mod given;
mod lab_kind;
mod lint;
mod load;
mod loaded_case;
mod mistake;
mod model;
mod needs;
mod network_do;
mod one_or_many;
mod phase;
mod places;
mod reader;
mod register;
mod repeat;
mod scalar;
mod schedule;
mod schema;
mod span;
mod span_index;
mod speed;
mod step;
mod stretch;
mod suite;
mod table;
mod typed;
mod values;
mod walk;
mod word;
mod yaml;

pub use catches::{Catches, CaughtBy};
pub use check::{
    Agrees, Calls, Check, CheckNeed, GuestCheck, MetadataRule, OutputCheck, Quantity, Silent, Took,
};
pub use cluster::{
    ActionAt, Add, Answer, Clones, ClusterDo, Constraint, Create, Reach, SUBJECT, Where,
};
pub use cluster_check::{ClusterCheck, Ordered, Outage, Seen};
pub use cluster_harm::{ClusterDaemon, FencingDo};
pub use config_form::ConfigForm;
pub use durations::Durations;
pub use fault::{DaemonDo, DiskDo, Fault, FaultKind, FaultNeed, Pause, ToolAnswer};
pub use fence::Fence;
pub use given::{Given, GivenState};
pub use lab_kind::{Feature, LabKind};
pub use load::load_text;
pub use loaded_case::LoadedCase;
pub use mistake::{CaseError, Mistake};
pub use model::{CaseId, CaseSpec, ClauseId, Level, PATIENCE};
pub use needs::{Family, Needs, Role, Shell};
pub use network_do::NetworkDo;
pub use one_or_many::OneOrMany;
pub use phase::{Percent, Phase};
pub use places::Places;
pub use register::{Clause, ConformanceProfile, Origin, Register, Risk, Tier};
pub use schedule::{FENCE, PastAction, Planned, Recorded, Schedule};
pub use schema::schema;
pub use span::Span;
pub use span_index::SpanIndex;
pub use speed::Speed;
pub use step::{
    Addressee, DEFAULT_TIMEOUT, During, GuestDo, Outside, Parent, Run, Settle, Signal, SignalName,
    Step, Target,
};
pub use suite::{Suite, load_suite};
pub use walk::StepAt;
pub use word::Word;

pub use crate::millis::Millis;
pub use crate::ocf::Returned;

pub(crate) use mistake::{SourceText, nearest, suggestion};
pub(crate) use typed::{read_placed, read_typed};
