//! A container that libvirt believes in, though nothing of it is left: so it loses some that reboot (11.3.0, once in thirty
//! times), and an agent that believes libvirt is not to blame.

use super::record::Record;
use crate::engine::Engine;
use crate::history::{DomainState, Guest, Moment, NodeName, Sighting};

/// For how many milliseconds libvirt may say that a container runs which has no process: while it reboots, a quarter of a
/// second was measured.
const REBOOTS: u64 = 2000;

/// The node whose libvirt goes on saying so, and since when nothing is left there.
pub(super) fn by_libvirt<'a>(record: &Record<'a>) -> Option<(Moment, &'a NodeName)> {
    if record.engine != Engine::LibvirtLxc {
        return None;
    }
    let misled = |node| since(record, node).map(|since| (since, node));
    record.nodes().into_iter().find_map(misled)
}

fn since(record: &Record<'_>, node: &NodeName) -> Option<Moment> {
    let mut said_to_run = false;
    let mut gone: Option<Moment> = None;
    for (at, sighting) in record.sightings() {
        match sighting {
            Sighting::Emulators { node: on, found } if on == node => {
                let is_there = found.iter().any(|one| one.guest == Guest::Subject);
                gone = match is_there {
                    true => None,
                    false => gone.or_else(|| said_to_run.then_some(at)),
                };
            }
            Sighting::Domain {
                node: on,
                guest: Guest::Subject,
                state,
                ..
            } if on == node => {
                said_to_run = *state == Some(DomainState::Running);
                gone = gone.filter(|_| said_to_run);
                if gone.is_some_and(|since| at.0.saturating_sub(since.0) >= REBOOTS) {
                    return gone;
                }
            }
            _ => {}
        }
    }
    None
}
