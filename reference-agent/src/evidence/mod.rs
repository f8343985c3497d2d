//! What is known of a guest: which one is meant, and whether it runs.

pub(crate) mod definition;
pub(crate) mod emulator;
pub(crate) mod identity;
pub(crate) mod look;
pub(crate) mod peers;
pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod stream;
