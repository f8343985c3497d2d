//! The subject as libvirt runs it.

use std::sync::Arc;
use std::time::Duration;

use super::contract::{AskSide, Control, Order};
use crate::drive::trouble::Trouble;
use crate::lab::{Hypervisor, MigrationLimit, Node, OperatorAction};

/// The switch-over of a small guest takes some milliseconds.
const PAUSE: Duration = Duration::from_millis(2);

/// By the daemons of the lab's hypervisor.
#[derive(Debug)]
pub(super) struct ByLibvirt {
    pub(super) hypervisor: &'static dyn Hypervisor,
    /// The subject's.
    pub(super) uuid: String,
}

impl Control for ByLibvirt {
    fn create(&self, node: &dyn Node, definition: String) -> Result<(), Trouble> {
        let create = OperatorAction::Create(definition);
        Ok(self.hypervisor.operate(node, create)?)
    }

    fn order(&self, node: &dyn Node, order: Order) -> Result<(), Trouble> {
        let uuid = self.uuid.clone();
        let action = match order {
            Order::Suspend => OperatorAction::Suspend(uuid),
            Order::Resume => OperatorAction::Resume(uuid),
            Order::Destroy => OperatorAction::Destroy(uuid),
            Order::AbortMigration => return Ok(self.hypervisor.abort_job(node, &uuid)?),
        };
        Ok(self.hypervisor.operate(node, action)?)
    }

    fn limit_migrations(&self, node: &dyn Node, speed: u32) -> Result<(), Trouble> {
        let uuid = self.uuid.clone();
        let limit = MigrationLimit { uuid, speed };
        Ok(self.hypervisor.limit_migrations(node, limit)?)
    }

    fn migration_side(&self, node: &Arc<dyn Node>) -> AskSide {
        let mut connection = self.hypervisor.connect(&**node);
        let uuid = self.uuid.clone();
        Box::new(move |share| connection.migration(&uuid, share))
    }

    fn pause(&self) -> Duration {
        PAUSE
    }
}
