//! The act: makes the world that a case begins in, runs the agent, and harms the lab on purpose.
//!
//! Nothing here judges. What was done and how it ended goes into the history; what cannot be done is
//! recorded as trouble, and the case then comes to `unknown`.

mod advertised;
mod by_hand;
mod cluster;
mod configuration;
mod control;
mod during;
mod environment;
mod fault;
mod fence;
mod from_cluster;
mod furnish;
mod given;
mod guest;
mod invocation;
mod look;
mod migration_speed;
mod outside;
mod path;
mod patience;
mod phase;
mod play;
mod postcopy;
mod reload;
mod script;
mod secret;
mod stage;
mod steps;
mod trouble;
mod world;

pub use by_hand::by_hand;
pub use patience::Patience;
pub use play::{improvise, perform};
pub use stage::Actors;
pub use trouble::Trouble;
