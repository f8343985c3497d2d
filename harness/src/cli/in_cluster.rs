//! Labs whose nodes are a cluster, for the commands that ask for them.

use super::failure::Failure;
use crate::equipment::{Cluster, Equipment};
use crate::lab::Lacks;

/// The equipment of such a lab.
pub(super) fn equipment() -> Equipment {
    Equipment {
        cluster: Some(Cluster::Pacemaker),
        ..Equipment::default()
    }
}

/// Refuses machines on which no lab can have a cluster, which `command` needs.
pub(super) fn refuse_without_cluster(lacks: &Lacks, command: &str) -> Result<(), Failure> {
    let wanted = equipment();
    let mut parts = lacks.parts.iter();
    match parts.find(|(part, _)| wanted.names(*part)) {
        Some((_, why)) => Err(Failure::inconclusive(format!(
            "{command} needs labs with a cluster: {why}"
        ))),
        None => Ok(()),
    }
}
