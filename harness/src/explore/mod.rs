//! Sequences by chance: what Pacemaker may do, with bad luck among it, judged by the invariants alone.
//!
//! `model` says what is legal for the cluster and `fair` what may befall a lab; `chance` chooses among both, and
//! `course` plays move by move, since what is legal next depends on what the agent answers. What was played is a case
//! like any other (`world`, `moves`, `writing`), and a sequence in which an invariant broke is shrunk to the moves
//! that it takes (`shrink`), each shorter one tried on a lab (`narrow`). `hunt` does that for many.

mod breach;
mod chance;
mod course;
mod facts;
mod fair;
mod hunt;
mod model;
mod moves;
mod narrow;
mod shrink;
#[cfg(test)]
mod tests;
mod trial;
mod world;
mod writing;

pub use breach::Breach;
pub use chance::{Again, Chance, Scope};
pub use course::{Chooser, Course, Made, Played, Standing};
pub use facts::{Answered, LastSeen};
pub use fair::{FORMS, Harmed};
pub use hunt::{Hunt, hunt};
pub use model::{Answer, Belief, Cluster};
pub use moves::{Act, Cure, Harm, Move, Side};
pub use shrink::shrink;
pub use world::World;
pub use writing::case_file;
