//! The subject as emulators run it that the agent started itself: each is asked and told over its socket for QMP.

use std::sync::Arc;
use std::time::Duration;

use super::contract::{AskSide, Control, Order};
use crate::drive::trouble::Trouble;
use crate::lab::{Emulator, LabError, MigrationSide, NoAnswer, Node, QmpAnswer, QmpCommand};

/// A socket of an emulator's serves one client at a time, and the agent is to have its turn.
const PAUSE: Duration = Duration::from_millis(10);

/// By every emulator of the subject on a node.
#[derive(Debug)]
pub(super) struct ByQmp {
    /// The subject's.
    pub(super) uuid: String,
}

impl Control for ByQmp {
    fn create(&self, _node: &dyn Node, _definition: String) -> Result<(), Trouble> {
        let why = "an emulator has no tool that an operator starts it with";
        Err(Trouble::Given(why.to_owned()))
    }

    fn order(&self, node: &dyn Node, order: Order) -> Result<(), Trouble> {
        self.tell(
            node,
            match order {
                Order::Suspend => QmpCommand::Stop,
                Order::Resume => QmpCommand::Continue,
                Order::Destroy => QmpCommand::Quit,
                Order::AbortMigration => QmpCommand::CancelMigration,
            },
        )
    }

    fn limit_migrations(&self, node: &dyn Node, speed: u32) -> Result<(), Trouble> {
        self.tell(node, QmpCommand::LimitMigrations(speed))
    }

    fn migration_side(&self, node: &Arc<dyn Node>) -> AskSide {
        let (node, uuid) = (Arc::clone(node), self.uuid.clone());
        Box::new(move |_| migration(&*node, &uuid))
    }

    fn pause(&self) -> Duration {
        PAUSE
    }
}

impl ByQmp {
    /// Tells every emulator of the subject on a node something.
    ///
    /// # Errors
    /// When there is none, or one has no socket or does not answer.
    fn tell(&self, node: &dyn Node, command: QmpCommand) -> Result<(), Trouble> {
        let own = emulators(node, &self.uuid)?;
        let trouble = |what: &str| {
            let node = node.name();
            Trouble::Given(format!("the guest's emulator on {node} {what}"))
        };
        if own.is_empty() {
            return Err(trouble("is not there"));
        }
        for one in &own {
            match node.qmp(one.pid, command)? {
                QmpAnswer::State(_) | QmpAnswer::Migration { .. } => {}
                QmpAnswer::Silent => return Err(trouble("does not answer by QMP")),
                QmpAnswer::NoSocket => return Err(trouble(NO_SOCKET)),
            }
        }
        Ok(())
    }
}

/// How far a migration is on a node's side of it; none where the node has no emulator of the subject.
///
/// # Errors
/// When there was no answer, or two emulators would each have their own.
fn migration(node: &dyn Node, uuid: &str) -> Result<Option<MigrationSide>, NoAnswer> {
    let own = emulators(node, uuid).map_err(|_| NoAnswer)?;
    let one = match own.as_slice() {
        [] => return Ok(None),
        // One that stands still does not answer, and a question in its queue would keep the agent's waiting.
        [one] if !one.frozen => one,
        _ => return Err(NoAnswer),
    };
    match node.qmp(one.pid, QmpCommand::Migration) {
        Ok(QmpAnswer::Migration { state, copied }) => Ok(Some(MigrationSide {
            active: true,
            running: state == "running",
            paused: ["paused", "inmigrate", "finish-migrate", "postmigrate"]
                .contains(&state.as_str()),
            copied,
        })),
        _ => Err(NoAnswer),
    }
}

/// The subject's emulators on a node.
fn emulators(node: &dyn Node, uuid: &str) -> Result<Vec<Emulator>, LabError> {
    let mut own = node.emulators()?;
    own.retain(|one| one.uuid == uuid);
    Ok(own)
}

const NO_SOCKET: &str = "has no socket for QMP on its command line, such as `-qmp unix:/run/vm1.qmp,server=on,wait=off`: \
                         add one, or take `qmp` out of the profile's `features`";
