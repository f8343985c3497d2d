/// What the server of a node's subject disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskHarm {
    /// It serves.
    Whole,
    /// Every request to it fails with an I/O error.
    Fails,
    /// It takes connections and requests, and answers none, as a server of files does that the network has lost.
    Hangs,
}

impl DiskHarm {
    /// How the lab's first process is told of it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Fails => "fails",
            Self::Hangs => "hangs",
        }
    }
}
