//! libvirt's daemons on the nodes: one for everything, or one for each of its parts, as newer distributions have them.

use crate::history::Daemons;
use crate::installed;

/// Both kinds.
pub const ALL: [Daemons; 2] = [Daemons::Single, Daemons::Modular];

/// Where other nodes and older programs reach the modular daemons, and every program the single one.
pub(super) const COMMON_SOCKET: &str = "/run/libvirt/libvirt-sock";

/// By which other nodes reach the modular daemons.
pub(super) const VIRTPROXYD: &str = "virtproxyd";

/// Why nodes of this machine cannot have these daemons; none when they can.
#[must_use]
pub fn lacking(daemons: Daemons) -> Option<String> {
    installed::missing(daemons.programs())
}

/// What a node of this machine has unless its lab was built for something else: the single daemon, where there is one.
pub(super) fn usual() -> Daemons {
    match (lacking(Daemons::Single), lacking(Daemons::Modular)) {
        (Some(_), None) => Daemons::Modular,
        _ => Daemons::Single,
    }
}

/// What the daemon of this machine's nodes says of its version, in a line; none when there is none.
#[must_use]
pub fn version() -> Option<String> {
    installed::version(usual().of_guests())
}

impl Daemons {
    /// Their programs, first that of the daemon that has the guests.
    pub(super) const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["libvirtd"],
            Self::Modular => &["virtqemud", VIRTPROXYD],
        }
    }

    /// The daemon that has the guests.
    pub(super) const fn of_guests(self) -> &'static str {
        self.programs()[0]
    }

    /// Where that one listens on its node.
    pub(super) const fn socket(self) -> &'static str {
        match self {
            Self::Single => COMMON_SOCKET,
            Self::Modular => "/run/libvirt/virtqemud-sock",
        }
    }
}
