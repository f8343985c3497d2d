//! The modular daemons: virtqemud, which has the guests and which faults of the daemon befall, and virtproxyd, by which
//! other nodes come. Debian builds none.

use super::libvirt::LibvirtDaemons;
use crate::equipment::Daemons;

/// One daemon for each part of libvirt: virtqemud for the guests, and virtproxyd, by which other nodes and older programs
/// reach it.
pub(super) static MODULAR: LibvirtDaemons = LibvirtDaemons {
    kind: Daemons::Modular,
    name: "libvirt's modular daemons",
    programs: &["virtqemud", "virtproxyd"],
    args: &[],
    socket: "/run/libvirt/virtqemud-sock",
};
