//! The decision: a pure function of a case and its history. Nothing here touches a node.
//!
//! [`judge`] puts together what the case itself demands (`expectation`, `condition`) and what is
//! demanded of every case (`invariant`). Two rules hold throughout: the lab's fault is never the
//! agent's, and what the witnesses did not see is not held against anybody.

pub mod condition;
mod decide;
mod expectation;
mod facts;
mod given;
mod invariant;
mod known;
mod leftover;
mod metadata;
mod read_only;
mod record;
#[cfg(test)]
pub(crate) mod tests;
mod verdict;

pub use decide::judge;
pub(crate) use decide::{doubled, doubled_on_disk};
pub use facts::Facts;
pub use invariant::{CLAUSES as CLAUSES_OF_INVARIANTS, Doubled};
pub use known::Known;
pub use leftover::{kind_of_leftover, leftovers, note_usual_leftovers};
pub use verdict::{Finding, Severity, Starts, Verdict};
