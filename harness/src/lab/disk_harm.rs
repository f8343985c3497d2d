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
