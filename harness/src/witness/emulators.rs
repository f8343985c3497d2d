//! The process table: which emulators there are on a node, and whether a signal stopped them.

use std::sync::Arc;
use std::time::Duration;

use super::view::{NodeView, Subjects};
use super::watcher::Watcher;
use crate::history::{Emulator, Sighting, What};
use crate::lab;
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(60);

/// Watches a node's process table.
pub(super) fn start(view: NodeView, subjects: Subjects, recorder: Arc<Recorder>) -> Watcher {
    let mut last: Option<Vec<Emulator>> = None;
    let name = format!("emulators-{}", view.name);
    Watcher::start(name, INTERVAL, move |always| {
        // The moment before the look: what is seen was true no earlier, and a process seen gone
        // was gone no later than the look's end, which is a millisecond away.
        let at = recorder.now();
        // Nothing is recorded of what cannot be seen: the judge then has nothing to rely on.
        let Ok(running) = view.node.emulators() else {
            return;
        };
        let found = known(running, &subjects);
        if always || last.as_ref() != Some(&found) {
            let sighting = Sighting::Emulators {
                node: view.name.clone(),
                found: found.clone(),
            };
            recorder.record_at(at, What::Saw(sighting));
            last = Some(found);
        }
    })
}

/// Those whose guest the lab knows.
fn known(running: Vec<lab::Emulator>, subjects: &Subjects) -> Vec<Emulator> {
    let whose = |emulator: lab::Emulator| {
        Some(Emulator {
            pid: emulator.pid,
            guest: subjects.guest_of(&emulator.uuid)?,
            frozen: emulator.frozen,
        })
    };
    running.into_iter().filter_map(whose).collect()
}
