//! What runs the subject, as an operator would ask and tell it by hand: libvirt, LXC's tools, or the emulators that the
//! agent started itself.

mod contract;
mod libvirt;
mod lxc;
mod qmp;

use std::sync::Arc;

pub(super) use contract::{AskSide, Control, Order};

use crate::engine::Engine;
use crate::lab::Lab;

/// What runs the subject for an agent with that engine.
pub(super) fn of(lab: &Lab, engine: Engine) -> Arc<dyn Control> {
    let subject = lab.subject();
    let uuid = subject.uuid.clone();
    match engine {
        Engine::Qemu => Arc::new(qmp::ByQmp { uuid }),
        Engine::Lxc => Arc::new(lxc::ByLxc { subject }),
        Engine::Libvirt | Engine::Xl | Engine::Vzctl | Engine::LibvirtLxc => {
            let hypervisor = lab.hypervisor();
            Arc::new(libvirt::ByLibvirt { hypervisor, uuid })
        }
    }
}
