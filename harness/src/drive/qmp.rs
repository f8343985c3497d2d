//! What is asked and told by hand of a guest whose emulator the agent started itself: over the emulator's socket for QMP.

use super::trouble::Trouble;
use crate::lab::{Emulator, LabError, MigrationSide, NoAnswer, Node, QmpAnswer, QmpCommand};

/// Tells every emulator of the subject on a node something; `uuid` is the subject's.
///
/// # Errors
/// When there is none, or one has no socket or does not answer.
pub(super) fn tell(node: &dyn Node, uuid: &str, command: QmpCommand) -> Result<(), Trouble> {
    let own = emulators(node, uuid)?;
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

/// How far a migration is on a node's side of it; none where the node has no emulator of the subject.
///
/// # Errors
/// When there was no answer, or two emulators would each have their own.
pub(super) fn migration(node: &dyn Node, uuid: &str) -> Result<Option<MigrationSide>, NoAnswer> {
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
