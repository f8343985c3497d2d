//! The other nodes, asked before a start: a guest that is active there must not be started here.

use std::time::Duration;

use virt::connect::Connect;

use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::definition::Definition;
use crate::libvirt::session::{self, Trouble, close, with_domain};
use crate::ocf::Failure;
use crate::tell;

/// Asks the other nodes, all at once, whether the guest runs there. One that can't be reached is passed over with a
/// word: that is what a node looks like after it was fenced.
pub(crate) fn refuse_if_active(call: &Call, definition: &Definition) -> Result<(), Failure> {
    let within = call.deadline.part(0.3).at_most(Duration::from_secs(5));
    let until = Deadline::after(within);
    let questions: Vec<_> = call
        .parameters
        .peers
        .iter()
        .map(|peer| {
            let guest = definition.clone();
            let question = move |connection: &Connect| is_active(connection, &guest);
            (peer, session::begin(peer, question))
        })
        .collect();
    for (peer, answers) in questions {
        match session::receive(&answers, until.left(), peer) {
            Ok(true) => return Err(Failure::generic(format!("the guest is active on {peer}"))),
            Ok(false) | Err(Trouble::NoDomain) => {}
            Err(trouble) => tell(&format!("the peer could not be asked: {}", trouble.why())),
        }
    }
    Ok(())
}

/// Whether the guest is active: the one with its UUID, or with its name where the definition has no UUID.
fn is_active(connection: &Connect, guest: &Definition) -> Result<bool, Trouble> {
    match with_domain(connection, &guest.uuid, |domain| Ok(domain.is_active()?)) {
        Err(Trouble::NoDomain) if guest.by_name => {
            let namesake = connection.lookup_domain_by_name(&guest.name)?;
            let active = namesake.is_active();
            close(namesake);
            Ok(active?)
        }
        other => other,
    }
}
