//! What befalls a hypervisor's daemon, where the engine's tool is a stand-in: the tool is down, and libvirt is left alone.
//!
//! The stand-in reads of it on every node, for a migration meets the tools of its target.

use crate::case::DaemonDo;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::Entry;
use crate::tool::{self, Down};
use crate::word::word;

/// How the toolstack is down afterwards; none where only libvirt's daemon can be harmed so.
const fn down(what: DaemonDo) -> Option<Down> {
    match what {
        DaemonDo::Stop | DaemonDo::Kill => Some(Down::Fails),
        DaemonDo::Freeze => Some(Down::Hangs),
        DaemonDo::Restart | DaemonDo::Forget | DaemonDo::Boot => None,
    }
}

/// The harm as a person would say it; `tool` is the engine's.
pub(super) fn describe(node: &NodeName, what: DaemonDo, tool: &str) -> String {
    match down(what) {
        Some(Down::Fails) => format!("no call of {tool} succeeds on {node}"),
        Some(Down::Hangs) => format!("no call of {tool} ends on {node}"),
        None => format!("{} what answers {tool} on {node}", word(&what)),
    }
}

/// Takes the toolstack of a node down.
///
/// # Errors
/// When a node cannot be written to, or only libvirt's daemon can be harmed so.
pub(super) fn harm(stage: &Stage<'_>, node: &NodeName, what: DaemonDo) -> Result<(), Trouble> {
    let down = down(what).ok_or_else(|| Trouble::NoEffect(word(&what)))?;
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
