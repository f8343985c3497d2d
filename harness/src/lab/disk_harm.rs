//! Harm to the subject's disk on one node, by its nbdkit.
//!
//! A disk hangs when its nbdkit is stopped by a signal: connections and requests wait in its socket. When it goes on it
//! still serves what a killed emulator had asked for, so no case starts the guest elsewhere meanwhile.

use serde::{Deserialize, Serialize};

/// What the server of a node's subject disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskHarm {
    /// It serves.
    Whole,
    /// Every request to it fails with an I/O error.
    Fails,
    /// It takes connections and requests, and answers none, as a server of files does that the network has lost.
    Hangs,
}
