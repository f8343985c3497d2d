//! Migrations that are slow because the lab makes them so, whatever parameters the agent has.
//!
//! The speed is set on the source before each `migrate_to`, of the case's or of the cluster's, so that no migration is
//! faster than it until the lab has seen it. It goes with the domain, or with the emulator that the agent started itself.
//! An agent that asks for a speed of its own has that.

use std::collections::BTreeMap;
use std::sync::Arc;

use tracing::debug;

use super::control::Control;
use crate::case::Speed;
use crate::history::NodeName;
use crate::lab::{Lab, Node};
use crate::ocf::Verb;

/// The speed that a case gives to the subject's migrations.
#[derive(Debug)]
pub(super) struct MigrationSpeed {
    given: Option<Speed>,
    control: Arc<dyn Control>,
    nodes: BTreeMap<NodeName, Arc<dyn Node>>,
}

impl MigrationSpeed {
    pub(super) fn new(given: Option<Speed>, lab: &Lab, control: &Arc<dyn Control>) -> Self {
        let named = |node: &Arc<dyn Node>| (node.name().clone(), Arc::clone(node));
        Self {
            given,
            control: Arc::clone(control),
            nodes: lab.nodes().iter().map(named).collect(),
        }
    }

    /// Sets it, where the agent is about to migrate the subject away from a node.
    pub(super) fn set_before(&self, verb: Option<&Verb>, node: &NodeName) {
        let given = self.given.filter(|_| verb == Some(&Verb::MigrateTo));
        let (Some(Speed(speed)), Some(node)) = (given, self.nodes.get(node)) else {
            return;
        };
        // A daemon or emulator that does not answer the lab migrates nothing for the agent either.
        if let Err(error) = self.control.limit_migrations(&**node, speed) {
            let node = node.name();
            debug!("no speed for the migrations away from node {node}: {error}");
        }
    }
}
