//! Random sequences of what a cluster's manager may do, with faults among it, judged by the invariants alone.
//!
//! `model` knows which actions Pacemaker may order, `rgmanager` which ones rgmanager may, and `fair` which faults an agent must survive; `chance` chooses
//! among both, and `course` plays one move after the other, since the agent's answers decide what is legal next. A
//! played sequence is a case like any other (`world`, `moves`, `writing`). If an invariant broke in it, `shrink` drops
//! the moves that it does not need, and `narrow` runs each shorter sequence on a lab. `exploration` does that for many
//! sequences.

mod breach;
mod by_hand;
mod chance;
mod cluster;
mod course;
mod exploration;
mod facts;
mod fair;
mod manager;
mod model;
mod moves;
mod narrow;
mod rgmanager;
mod shrink;
#[cfg(test)]
mod tests;
mod trial;
mod world;
mod writing;

pub use breach::Breach;
pub use chance::{Again, Chance, Scope};
pub use course::{Chooser, Course, Made, Played, Standing};
pub use exploration::{Exploration, explore};
pub use facts::{Answered, LastSeen};
pub use fair::{FORMS, Harmed};
pub use manager::Manager;
pub use model::{Answer, Belief, Cluster};
pub use moves::{Act, Cure, Harm, Move, Side};
pub use rgmanager::Rgmanager;
pub use shrink::shrink;
pub use world::World;
pub use writing::case_file;
