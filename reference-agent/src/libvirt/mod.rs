//! Everything that is said to libvirt, behind one door: no other folder names the `virt` crate, and none has unsafe code.
//!
//! At a first reading skip what lies under [`guest`], [`host`] and [`migration`]: sessions that may hang (`session`), a
//! library that is loaded when it is first needed (`library`), and a state that is asked for without it (`wire`).

mod events;
pub(crate) mod guest;
pub(crate) mod host;
mod library;
mod mark;
pub(crate) mod migration;
mod persistence;
mod raw;
mod session;
pub(crate) mod state;
pub(crate) mod trouble;
mod wire;

pub(crate) use raw::{Job, exit_now};
