//! The domain's configuration file, as each kind of lab has the agent read it.

mod format;
mod libvirt;
mod test_driver;

pub(super) use format::{Bystander, ConfigFormat, Guests};
pub(super) use libvirt::{SECRET, VARIABLES};

use crate::case::LabKind;

/// How it is written in a lab of that kind.
pub(super) const fn format_for(lab: LabKind) -> &'static dyn ConfigFormat {
    match lab {
        // The lab `scheduler` has no node where one could lie.
        LabKind::Qemu | LabKind::Scheduler => &libvirt::Libvirt,
        LabKind::Driver => &test_driver::TestDriver,
    }
}
