//! The states of guests that libvirt does not run: those of emulators, which are asked by QMP, and of LXC's containers,
//! which run unless their freezer holds them.
//!
//! Each question by QMP is a talk of its own that ends at once, for a socket serves one client at a time and may be the
//! agent's. An emulator without a socket is never asked: then the process table and the disk alone tell what there is.

use std::sync::Arc;
use std::time::Duration;

use super::view::{NodeView, Subjects};
use super::watcher::Watcher;
use crate::engine::Engine;
use crate::history::{DomainState, Guest, Sighting, What};
use crate::lab::{Emulator, QmpAnswer, QmpCommand};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(150);

/// One that did not answer is asked again once in so many looks: its socket may be the agent's.
const SELDOM: u32 = 6;

/// A state and its reason in libvirt's terms; none when the emulator did not answer.
type Seen = Option<(DomainState, i32)>;

/// Watches the subject on a node, where libvirt does not run it.
pub(super) fn start(
    view: NodeView,
    subjects: Subjects,
    recorder: Arc<Recorder>,
) -> Option<Watcher> {
    if !matches!(subjects.engine, Engine::Qemu | Engine::Lxc) {
        return None;
    }
    let mut last: Option<Seen> = None;
    let name = format!("states-{}", view.name);
    let mut looks: u32 = 0;
    let watcher = Watcher::start(name, INTERVAL, move |always| {
        looks = looks.wrapping_add(1);
        if !always && last == Some(None) && !looks.is_multiple_of(SELDOM) {
            return;
        }
        let at = recorder.now();
        let Some(seen) = look(&view, &subjects, last.is_some()) else {
            return;
        };
        if always || last != Some(seen) {
            recorder.record_at(at, What::Saw(sighting(&view, seen)));
            last = Some(seen);
        }
    });
    Some(watcher)
}

fn sighting(view: &NodeView, seen: Seen) -> Sighting {
    Sighting::Domain {
        node: view.name.clone(),
        guest: Guest::Subject,
        state: seen.map(|(state, _)| state),
        reason: seen.map_or(0, |(_, reason)| reason),
        persistent: false,
        autostart: false,
    }
}

/// What there is to record: nothing of emulators that have no socket. That none is there is told only once one was asked
/// (`known`), and of two no state is told, for each may have its own.
fn look(view: &NodeView, subjects: &Subjects, known: bool) -> Option<Seen> {
    let mut own = view.node.emulators().ok()?;
    own.retain(|one| subjects.guest_of(&one.uuid) == Some(Guest::Subject));
    match own.as_slice() {
        [] => known.then_some(Some((DomainState::Absent, 0))),
        [one] if subjects.engine == Engine::Lxc => Some(Some((by_freezer(one), 0))),
        [one] => ask(view, one),
        _ => known.then_some(None),
    }
}

const fn by_freezer(container: &Emulator) -> DomainState {
    match container.paused {
        true => DomainState::Paused,
        false => DomainState::Running,
    }
}

fn ask(view: &NodeView, one: &Emulator) -> Option<Seen> {
    // One that stands still does not answer, and a question in its queue would keep the agent's waiting.
    if one.frozen {
        return Some(None);
    }
    match view.node.qmp(one.pid, QmpCommand::Status).ok()? {
        QmpAnswer::NoSocket => None,
        QmpAnswer::Silent => Some(None),
        QmpAnswer::State(state) | QmpAnswer::Migration { state, .. } => Some(in_terms(&state)),
    }
}

/// QEMU's word for a state as libvirt would tell it. Source: QEMU, qapi/run-state.json; libvirt,
/// include/libvirt/libvirt-domain.h.
fn in_terms(word: &str) -> Seen {
    let paused = |reason| Some((DomainState::Paused, reason));
    match word {
        "running" => Some((DomainState::Running, 0)),
        "suspended" => Some((DomainState::Pmsuspended, 0)),
        "guest-panicked" => Some((DomainState::Crashed, 0)),
        "inmigrate" | "postmigrate" | "finish-migrate" => paused(DomainState::PAUSED_MIGRATION),
        "io-error" => paused(DomainState::PAUSED_IOERROR),
        // In each of these the guest's processors stand still.
        "paused" | "prelaunch" | "shutdown" | "save-vm" | "restore-vm" | "watchdog"
        | "internal-error" | "debug" | "colo" => paused(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_of_a_migration_and_of_a_failed_disk_have_their_reasons() {
        let migrates = Some((DomainState::Paused, DomainState::PAUSED_MIGRATION));
        assert_eq!(in_terms("inmigrate"), migrates);
        assert_eq!(in_terms("postmigrate"), migrates);
        let failed = Some((DomainState::Paused, DomainState::PAUSED_IOERROR));
        assert_eq!(in_terms("io-error"), failed);
        assert_eq!(in_terms("paused"), Some((DomainState::Paused, 0)));
        assert_eq!(in_terms("a-word-of-tomorrow"), None);
    }
}
