//! The hypervisor's answers about domains, asked by UUID over a connection of the witness's own.

use std::sync::Arc;
use std::time::Duration;

use super::view::{NodeView, Subjects};
use super::watcher::Watcher;
use crate::engine::Engine;
use crate::history::{DomainState, Guest, Sighting, What};
use crate::lab::{Connection, DomainSeen, NoAnswer};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(120);

/// A bystander, which nothing should change, is looked at once in so many looks, and what only goes along with a state is
/// asked for as seldom while the state stays: every question costs the daemon time that the agent's own questions wait
/// for.
const SELDOM: u32 = 4;

/// Watches a node's hypervisor.
pub(super) fn start(view: NodeView, subjects: &Subjects, recorder: Arc<Recorder>) -> Watcher {
    let guests = subjects.asked_about_on(&view.name);
    let mut last: Vec<Option<Seen>> = vec![None; guests.len()];
    let mut connection = view.hypervisor.connect(&*view.node);
    let name = format!("domains-{}", view.name);
    let mut looks: u32 = 0;
    // Under Xen a guest of the name may run beside one that is on the way; for libvirt it has another UUID.
    let stands_in = subjects.engine == Engine::Xl;
    Watcher::start(name, INTERVAL, move |always| {
        looks = looks.wrapping_add(1);
        let glance = !always && !looks.is_multiple_of(SELDOM);
        for ((guest, uuid), last) in guests.iter().zip(&mut last) {
            if glance && (*guest == Guest::Bystander || is_as_before(&mut *connection, uuid, *last))
            {
                continue;
            }
            let at = recorder.now();
            let own = look(&mut *connection, uuid);
            let is_away = matches!(own.state, Some(DomainState::Absent | DomainState::Paused));
            let other = stands_in && is_away && *guest == Guest::Subject;
            let other = other.then(|| connection.beside(uuid).ok().flatten());
            let seen = other.flatten().map_or(own, Seen::of);
            // A bystander that is as it was tells nothing.
            let wanted = always && *guest != Guest::Bystander;
            if wanted || last.as_ref() != Some(&seen) {
                recorder.record_at(at, What::Saw(sighting(&view, *guest, &seen)));
                *last = Some(seen);
            }
        }
    })
}

/// What the hypervisor says of one domain; the default is "it did not answer".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    state: Option<DomainState>,
    reason: i32,
    persistent: bool,
    autostart: bool,
}

impl Seen {
    const fn of(seen: DomainSeen) -> Self {
        let DomainSeen {
            state,
            reason,
            persistent,
            autostart,
        } = seen;
        Self {
            state: Some(state),
            reason,
            persistent,
            autostart,
        }
    }
}

fn sighting(view: &NodeView, guest: Guest, seen: &Seen) -> Sighting {
    Sighting::Domain {
        node: view.name.clone(),
        guest,
        state: seen.state,
        reason: seen.reason,
        persistent: seen.persistent,
        autostart: seen.autostart,
    }
}

/// Whether a domain is in the state that it was last seen in, for the same reason.
fn is_as_before(connection: &mut dyn Connection, uuid: &str, last: Option<Seen>) -> bool {
    let Some(last) = last else {
        return false;
    };
    match connection.state(uuid) {
        Ok(Some((state, reason))) => last.state == Some(state) && last.reason == reason,
        Ok(None) => last.state == Some(DomainState::Absent),
        Err(NoAnswer) => last.state.is_none(),
    }
}

fn look(connection: &mut dyn Connection, uuid: &str) -> Seen {
    match connection.domain(uuid) {
        Ok(Some(seen)) => Seen::of(seen),
        Ok(None) => Seen {
            state: Some(DomainState::Absent),
            ..Seen::default()
        },
        Err(NoAnswer) => Seen::default(),
    }
}
