//! The step `cluster`: what an operator asks of the cluster.

mod ask;
mod belief;
mod decisions;
mod idle;
mod orders;

pub(super) use idle::conclude;

use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::ClusterDo;

/// The deed as a person would say it.
pub(super) fn describe(deed: &ClusterDo) -> String {
    format!("cluster: {}", deed.key())
}

/// Asks it of the cluster.
///
/// # Errors
/// When the cluster does not take it.
pub(super) fn ask(_stage: &Stage<'_>, deed: &ClusterDo) -> Result<(), Trouble> {
    let text = format!("`{}` of the cluster is not built yet", deed.key());
    Err(Trouble::Step(text))
}
