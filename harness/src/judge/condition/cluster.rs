//! What the cluster around the agent does, has done and believes.

use super::examined::Examined;
use crate::case::ClusterCheck;
use crate::judge::record::Record;

/// Examines `cluster`.
pub(super) fn examine(_check: &ClusterCheck, _record: &Record<'_>) -> Examined {
    Examined::unseen("what the case demands of the cluster", "not built yet")
}
