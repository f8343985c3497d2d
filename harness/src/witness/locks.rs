//! The lock on the subject's disk, as the lab's equipment shows it.

use std::sync::Arc;
use std::time::Duration;

use super::view::NodeView;
use super::watcher::Watcher;
use crate::history::{Sighting, What};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(80);

/// Watches the lock, if the lab has one.
pub(super) fn start(view: NodeView, recorder: Arc<Recorder>) -> Option<Watcher> {
    let site = view.lock.clone()?;
    let lock = site.lock()?;
    let mut last = None;
    let watcher = Watcher::start(format!("lock-{}", view.name), INTERVAL, move |always| {
        let at = recorder.now();
        // Nothing is recorded of what cannot be seen: the judge then has nothing to rely on.
        let Ok(held) = site.is_held() else {
            return;
        };
        if always || last != Some(held) {
            let sighting = Sighting::Lock {
                node: view.name.clone(),
                lock,
                held,
            };
            recorder.record_at(at, What::Saw(sighting));
            last = Some(held);
        }
    });
    Some(watcher)
}
