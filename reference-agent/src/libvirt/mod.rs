//! Everything that is said to libvirt.

pub(crate) mod events;
pub(crate) mod library;
pub(crate) mod raw;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod wire;
