use super::libvirt::{COMMON_SOCKET, LibvirtDaemons};
use crate::equipment::Daemons;

/// One daemon for everything.
pub(super) static SINGLE: LibvirtDaemons = LibvirtDaemons {
    kind: Daemons::Single,
    name: "libvirtd",
    programs: &["libvirtd"],
    args: &["--listen"],
    socket: COMMON_SOCKET,
};
