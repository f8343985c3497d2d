//! Migrations that are slow because the lab makes them so, whatever parameters the agent has.
//!
//! The speed is set on the source before each `migrate_to`, of the case's or of the cluster's, so that no migration is
//! faster than it until the lab has seen it. It goes with the domain, or with the emulator that the agent started itself,
//! which is told by QMP. An agent that asks for a speed of its own has that.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tracing::debug;

use super::qmp;
use super::trouble::Trouble;

use crate::case::Speed;
use crate::engine::Engine;
use crate::history::NodeName;
use crate::lab::{Lab, MigrationLimit, Node, QmpCommand};
use crate::ocf::Verb;

/// The speed that a case gives to the subject's migrations, on each node; on none where it gives none.
pub(super) struct MigrationSpeed(BTreeMap<NodeName, SetSpeed>);

/// Sets it on a node.
type SetSpeed = Box<dyn Fn() -> Result<(), Trouble> + Send + Sync>;

impl MigrationSpeed {
    pub(super) fn of(lab: &Lab, engine: Engine, given: Option<Speed>) -> Self {
        let Some(Speed(speed)) = given else {
            return Self(BTreeMap::new());
        };
        let nodes = lab.nodes().iter().map(|node| {
            let set = match engine.asks_libvirt() {
                true => by_libvirt(lab, &**node, speed),
                false => by_qmp(lab, Arc::clone(node), speed),
            };
            (node.name().clone(), set)
        });
        Self(nodes.collect())
    }

    /// Sets it, where the agent is about to migrate the subject away from a node.
    pub(super) fn set_before(&self, verb: Option<&Verb>, node: &NodeName) {
        if verb != Some(&Verb::MigrateTo) {
            return;
        }
        // A daemon or emulator that does not answer the lab migrates nothing for the agent either.
        if let Some(Err(error)) = self.0.get(node).map(|set| set()) {
            debug!("no speed for the migrations away from node {node}: {error}");
        }
    }
}

fn by_libvirt(lab: &Lab, node: &dyn Node, speed: u32) -> SetSpeed {
    let uuid = lab.subject().uuid;
    let limit = MigrationLimit { uuid, speed };
    let set = lab.hypervisor().limit_migrations(node, limit);
    Box::new(move || Ok(set()?))
}

fn by_qmp(lab: &Lab, node: Arc<dyn Node>, speed: u32) -> SetSpeed {
    let uuid = lab.subject().uuid;
    Box::new(move || qmp::tell(&*node, &uuid, QmpCommand::LimitMigrations(speed)))
}

impl fmt::Debug for MigrationSpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.0.keys();
        f.debug_set().entries(nodes).finish()
    }
}
