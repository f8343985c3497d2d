//! The other nodes, asked before a start: a guest that is active there must not be started here.

use crate::budget;
use crate::call::Call;
use crate::libvirt::host;
use crate::libvirt::trouble::Trouble;
use crate::ocf::Failure;
use crate::stderr;

use super::definition::Definition;

/// Asks the other nodes, all at once, whether the guest runs there. One that can't be reached is passed over with a
/// message: that is what a node looks like after it was fenced.
///
/// # Errors
/// When one says that it does.
pub(crate) fn refuse_if_active(call: &Call, definition: &Definition) -> Result<(), Failure> {
    let until = call.deadline.end_of(budget::start::PEERS);
    let name = definition.by_name.then_some(definition.name.as_str());
    let ask = |peer: &String| (peer.clone(), host::is_active(peer, &definition.uuid, name));
    let questions: Vec<_> = call.parameters.peers.iter().map(ask).collect();
    for (peer, answer) in questions {
        match answer.wait(until.left()) {
            Ok(true) => return Err(Failure::generic(format!("the guest is active on {peer}"))),
            Ok(false) | Err(Trouble::NoDomain) => {}
            Err(trouble) => {
                stderr::print(&format!("the peer could not be asked: {}", trouble.why()));
            }
        }
    }
    Ok(())
}
