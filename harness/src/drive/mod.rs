//! The act: makes the world that a case begins in, runs the agent, and harms the lab on purpose.
//!
//! Nothing here judges. What was done and how it ended goes into the history; what cannot be done is
//! recorded as trouble, and the case then comes to `unknown`.

mod configuration;
mod during;
mod environment;
mod fault;
mod folder;
mod given;
mod invocation;
mod look;
mod network;
mod outside;
mod path;
mod patience;
mod phase;
mod postcopy;
mod secret;
pub mod shim;
mod stage;
mod steps;
mod trouble;
mod world;

pub use patience::Patience;
pub use stage::{Actors, improvise, perform};
pub use trouble::Trouble;
