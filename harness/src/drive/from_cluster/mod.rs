//! What the cluster does while a case runs, as it goes into the history: the runs of the agent that it asks for, its
//! alerts, and fencings.

mod alerts;
mod attached;
mod recorder;

pub(super) use attached::Attached;
pub(super) use recorder::{ClusterRecorder, Ears};
