//! The domain's configuration file, as each kind of lab has the agent read it.

mod format;
mod libvirt;
mod libvirt_lxc;
mod lxc;
mod test_driver;
mod xl;

pub(super) use format::{Bystander, ConfigFormat, Guests};
pub(super) use libvirt::{SECRET, VARIABLES};

use crate::case::LabKind;
use crate::engine::Engine;

/// How it is written in a lab of that kind for that engine.
pub(super) const fn format_for(lab: LabKind, engine: Engine) -> &'static dyn ConfigFormat {
    match (lab, engine) {
        (LabKind::Driver, _) => &test_driver::TestDriver,
        (_, Engine::Xl) => &xl::Xl,
        (_, Engine::LibvirtLxc) => &libvirt_lxc::LibvirtLxc,
        (_, Engine::Lxc) => &lxc::Lxc,
        // The lab `scheduler` has no node where one could lie.
        (LabKind::Qemu | LabKind::Scheduler, Engine::Libvirt | Engine::Qemu | Engine::Vzctl) => {
            &libvirt::Libvirt
        }
    }
}
