//! What runs the subject, as an operator would ask and tell it by hand: libvirt, or the emulators that the agent started
//! itself.

mod contract;
mod libvirt;
mod qmp;

use std::sync::Arc;

pub(super) use contract::{AskSide, Control, Order};

use crate::engine::Engine;
use crate::lab::Lab;

/// What runs the subject for an agent with that engine.
pub(super) fn of(lab: &Lab, engine: Engine) -> Arc<dyn Control> {
    let uuid = lab.subject().uuid;
    if engine.asks_libvirt() {
        let hypervisor = lab.hypervisor();
        Arc::new(libvirt::ByLibvirt { hypervisor, uuid })
    } else {
        Arc::new(qmp::ByQmp { uuid })
    }
}
