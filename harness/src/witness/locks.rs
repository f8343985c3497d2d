//! The lock on the subject's disk, as the lab's equipment shows it.

use std::sync::Arc;
use std::time::Duration;

use super::eyes::{Eyes, NodeView};
use crate::history::{Sighting, What};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(80);

/// Opens an eye on the lock, if the lab has one.
pub(super) fn open(view: NodeView, recorder: Arc<Recorder>) -> Option<Eyes> {
    let site = view.lock.clone()?;
    let lock = site.lock()?;
    let mut last = None;
    let eyes = Eyes::open(format!("lock-{}", view.name), INTERVAL, move |always| {
        let at = recorder.now();
        // What cannot be seen is not told: the judge then has nothing to rely on.
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
    Some(eyes)
}
