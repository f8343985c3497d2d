use crate::history::Moment;
use crate::judge::Doubled;

/// What proves that two instances ran at once.
pub(super) struct Proof {
    /// When the proof was complete.
    pub(super) at: Moment,
    pub(super) seen: String,
    pub(super) span: Doubled,
}
