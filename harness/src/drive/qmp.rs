//! What an operator does by hand to a guest whose emulator the agent started itself: over the emulator's socket for QMP.

use super::stage::Stage;
use super::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{QmpAnswer, QmpCommand};

/// Tells every emulator of the subject on a node something.
///
/// # Errors
/// When there is none, or one has no socket or does not answer.
pub(super) fn tell(stage: &Stage<'_>, name: &NodeName, command: QmpCommand) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let uuid = stage.lab.subject().uuid;
    let mut own = node.emulators()?;
    own.retain(|one| one.uuid == uuid);
    let trouble = |what: &str| Trouble::Given(format!("the guest's emulator on {name} {what}"));
    if own.is_empty() {
        return Err(trouble("is not there"));
    }
    for one in &own {
        match node.qmp(one.pid, command)? {
            QmpAnswer::State(_) => {}
            QmpAnswer::Silent => return Err(trouble("does not answer by QMP")),
            QmpAnswer::NoSocket => return Err(trouble(NO_SOCKET)),
        }
    }
    stage.look(name);
    Ok(())
}

const NO_SOCKET: &str = "has no socket for QMP on its command line, such as `-qmp unix:/run/vm1.qmp,server=on,wait=off`: \
                         add one, or take `qmp` out of the profile's `features`";
