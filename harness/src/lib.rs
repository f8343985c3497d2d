//! Test harness and conformance suite for resource agents that run virtual machines.
//!
//! Three things are kept apart and joined only by a [`history`]: `drive` acts, `witness` sees, and
//! `judge` decides as a pure function of the history and the case.

pub mod case;
pub mod cli;
pub mod cluster_call;
pub mod digest;
pub mod drive;
pub mod engine;
pub mod equipment;
pub mod explore;
mod files;
pub mod history;
mod installed;
pub mod judge;
pub mod lab;
mod log;
mod millis;
mod mounts;
pub mod ocf;
mod output;
pub mod package;
pub mod plan;
mod recorder;
pub mod report;
pub mod scheduler;
mod seeded_random;
mod shell_quote;
mod signals;
mod style;
pub mod suite;
pub mod tool;
pub mod witness;
mod word;
mod xml;
