//! The decision: a pure function of a case and its history. Nothing here touches a node.
//!
//! [`judge`] puts together what the case itself demands (`expectation`, `condition`) and what is
//! demanded of every case (`invariant`). Two rules hold throughout: the lab's fault is never the
//! agent's, and what the witnesses did not see is not held against anybody.

mod cluster;
pub mod condition;
mod decide;
mod doubled;
mod evidence;
mod expectation;
mod facts;
mod given;
mod invariant;
mod known;
mod lacking;
mod leftover;
mod metadata;
mod misled;
mod origin;
mod ran;
mod read_only;
mod record;
mod rgmanager;
#[cfg(test)]
pub(crate) mod tests;
mod unchanged;
mod verdict;
mod weighing;

pub(crate) use decide::doubled_on_disk;
pub use decide::{judge, leftovers};
pub use doubled::Doubled;
pub use facts::AgentFacts;
pub use known::Known;
pub use leftover::{Leftover, LeftoverKind, note_usual_leftovers};
pub use origin::{Invariant, Origin, StepPart};
pub use verdict::{Accused, Finding, Severity, Starts, Verdict};
