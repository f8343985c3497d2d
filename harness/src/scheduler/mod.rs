//! The lab `scheduler`: a cluster's own scheduler, asked for its plan by a file, without a node and without a cluster.
//!
//! A case describes a small cluster and what happened in it (`case/schedule.rs`). `cib` writes its configuration, the
//! scheduler itself starts everything in it, and `past` adds to what was recorded then what the case says. What is ordered
//! next is a graph, which `graph` reads. Nothing here judges.
//!
//! Source: crm_simulate(8) and Pacemaker Administration, "Policy Engine"; the format of a transition graph is that of
//! `pcmk__create_graph`, the same from Pacemaker 1.1 to 3.0.

mod cib;
mod graph;
mod past;
mod perform;
mod program;

pub use perform::perform;
pub use program::{PROGRAM, SchedulerError, Simulator, lacking};
