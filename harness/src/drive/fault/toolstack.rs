//! What befalls a hypervisor's daemon, where the engine is Xen: its toolstack is down, and libvirt is left alone.
//!
//! The stand-in for `xl` reads of it on every node, for a migration meets the toolstack of its target.

use crate::case::DaemonDo;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::Entry;
use crate::tool::{self, Down};

/// Takes the toolstack of a node down. One that is started anew is not down for any call.
///
/// # Errors
/// When a node cannot be written to.
pub(super) fn harm(stage: &Stage<'_>, node: &NodeName, what: DaemonDo) -> Result<(), Trouble> {
    let down = match what {
        DaemonDo::Stop | DaemonDo::Kill => Down::NoHypervisor,
        DaemonDo::Freeze => Down::NoXenstore,
        DaemonDo::Restart | DaemonDo::Forget | DaemonDo::Boot => return Ok(()),
    };
    let text = down
        .to_file()
        .map_err(|error| Trouble::Step(error.to_string()))?;
    let (file, entry) = (tool::down_file(&node.0), Entry::File(text, 0o644));
    let mut nodes = stage.lab.nodes().iter();
    nodes.try_for_each(|on| Ok(on.put(&file, &entry)?))
}

/// Lets it work again.
///
/// # Errors
/// When a node cannot be written to.
pub(super) fn mend(stage: &Stage<'_>, node: &NodeName) -> Result<(), Trouble> {
    let file = tool::down_file(&node.0);
    let mut nodes = stage.lab.nodes().iter();
    nodes.try_for_each(|on| Ok(on.remove(&file)?))
}
