use super::definition;
use crate::lab::container;
use crate::lab::domain::DomainSpec;

/// The driver of libvirt that runs a lab's guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab::hypervisor) enum Driver {
    /// QEMU's.
    Qemu,
    /// That of Linux containers.
    Lxc,
}

impl Driver {
    /// Its name in URIs and in folders.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::Lxc => "lxc",
        }
    }

    /// A domain's XML.
    pub(super) fn xml(self, domain: &DomainSpec) -> String {
        match self {
            Self::Qemu => definition::xml(domain),
            Self::Lxc => container::xml(domain),
        }
    }
}
