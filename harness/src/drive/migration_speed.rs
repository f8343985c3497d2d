//! Migrations that are slow because the lab makes them so, whatever parameters the agent has.
//!
//! The speed is set on the source before each `migrate_to`, of the case's or of the cluster's, so that no migration is
//! faster than it until the lab has seen it. It goes with the domain. An agent that asks for a speed of its own has that.

use std::collections::BTreeMap;
use std::fmt;

use tracing::debug;

use crate::case::Speed;
use crate::history::NodeName;
use crate::lab::{Lab, LimitMigrations, MigrationLimit};
use crate::ocf::Verb;

/// The speed that a case gives to the subject's migrations, on each node; on none where it gives none.
pub(super) struct MigrationSpeed(BTreeMap<NodeName, LimitMigrations>);

impl MigrationSpeed {
    pub(super) fn of(lab: &Lab, given: Option<Speed>) -> Self {
        let Some(Speed(speed)) = given else {
            return Self(BTreeMap::new());
        };
        let uuid = lab.subject().uuid;
        let limit = MigrationLimit { uuid, speed };
        let nodes = lab.nodes().iter().map(|node| {
            let set = lab.hypervisor().limit_migrations(&**node, limit.clone());
            (node.name().clone(), set)
        });
        Self(nodes.collect())
    }

    /// Sets it, where the agent is about to migrate the subject away from a node.
    pub(super) fn set_before(&self, verb: Option<&Verb>, node: &NodeName) {
        if verb != Some(&Verb::MigrateTo) {
            return;
        }
        // A daemon that does not answer the lab migrates nothing for the agent either.
        if let Some(Err(error)) = self.0.get(node).map(|set| set()) {
            debug!("no speed for the migrations away from node {node}: {error}");
        }
    }
}

impl fmt::Debug for MigrationSpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.0.keys();
        f.debug_set().entries(nodes).finish()
    }
}
