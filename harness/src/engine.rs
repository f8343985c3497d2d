//! What runs a guest for an agent, and so who can be asked about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the agent runs its guests with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// libvirt: its daemon on the node knows every guest of the agent's, and in which state it is.
    #[default]
    Libvirt,
    /// QEMU, which the agent starts itself: libvirt knows nothing of its guests. They are seen by their emulators, by what
    /// they write to their disk and, where the emulators have a socket for it, by QMP.
    Qemu,
    /// Xen, by its tool `xl`: in a lab that is a stand-in over libvirt's guests, so libvirt knows each of them.
    Xl,
    /// OpenVZ's containers, by its tool `vzctl`: in a lab that is a stand-in over libvirt's guests, which stand for
    /// containers. They have no states, and no live migration: they are frozen on one node and thawed on the other.
    Vzctl,
}

impl Engine {
    /// The word for it, as a profile has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Libvirt => "libvirt",
            Self::Qemu => "qemu",
            Self::Xl => "xl",
            Self::Vzctl => "vzctl",
        }
    }

    /// Who tells the states of the agent's guests: libvirt, or the emulators themselves.
    #[must_use]
    pub const fn teller(self) -> &'static str {
        match self.asks_libvirt() {
            true => "libvirt",
            false => "QMP",
        }
    }

    /// Whether libvirt can be asked about the agent's guests.
    #[must_use]
    pub const fn asks_libvirt(self) -> bool {
        matches!(self, Self::Libvirt | Self::Xl | Self::Vzctl)
    }

    /// Whether the agent's guests are domains: with states, and with names that others may have too, all of which
    /// libvirt tells.
    #[must_use]
    pub const fn has_domains(self) -> bool {
        matches!(self, Self::Libvirt | Self::Xl)
    }

    /// Whether a guest runs on while it moves, until it runs on its target.
    #[must_use]
    pub const fn migrates_live(self) -> bool {
        !matches!(self, Self::Vzctl)
    }

    /// The tool by which the agent runs its guests, where every lab has a stand-in in its place.
    #[must_use]
    pub const fn stand_in(self) -> Option<&'static str> {
        match self {
            Self::Libvirt | Self::Qemu => None,
            Self::Xl | Self::Vzctl => Some(self.word()),
        }
    }
}
