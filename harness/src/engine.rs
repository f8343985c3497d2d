//! What runs a guest for an agent, and so who can be asked about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::equipment::Containers;

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
    /// Containers of libvirt's LXC driver, `lxc:///system`, which tells each of them and its state. They do not migrate.
    LibvirtLxc,
    /// Containers of LXC's own tools, such as `lxc-start`: seen by their first process, by what they write to their disk
    /// and by their freezer. They do not migrate.
    Lxc,
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
            Self::LibvirtLxc => "libvirt_lxc",
            Self::Lxc => "lxc",
        }
    }

    /// Who tells the states of the agent's guests.
    #[must_use]
    pub const fn teller(self) -> &'static str {
        match self {
            Self::Libvirt | Self::Xl | Self::Vzctl | Self::LibvirtLxc => "libvirt",
            Self::Qemu => "QMP",
            Self::Lxc => "the freezer",
        }
    }

    /// Whether libvirt can be asked about the agent's guests.
    #[must_use]
    pub const fn asks_libvirt(self) -> bool {
        matches!(
            self,
            Self::Libvirt | Self::Xl | Self::Vzctl | Self::LibvirtLxc
        )
    }

    /// Whether the agent's guests are domains: with states, and with names that others may have too, all of which
    /// libvirt tells.
    #[must_use]
    pub const fn has_domains(self) -> bool {
        matches!(self, Self::Libvirt | Self::Xl | Self::LibvirtLxc)
    }

    /// Whether a guest runs on while it moves, until it runs on its target.
    #[must_use]
    pub const fn migrates_live(self) -> bool {
        matches!(self, Self::Libvirt | Self::Qemu | Self::Xl)
    }

    /// Whether its guests can leave a node and go on elsewhere: real containers cannot.
    #[must_use]
    pub const fn migrates(self) -> bool {
        self.containers().is_none()
    }

    /// What runs its containers, where the lab has real ones.
    #[must_use]
    pub const fn containers(self) -> Option<Containers> {
        match self {
            Self::LibvirtLxc => Some(Containers::Libvirt),
            Self::Lxc => Some(Containers::Lxc),
            Self::Libvirt | Self::Qemu | Self::Xl | Self::Vzctl => None,
        }
    }

    /// The engines whose tool every lab has a stand-in for.
    pub const WITH_STAND_INS: [Self; 2] = [Self::Xl, Self::Vzctl];

    /// The tool by which the agent runs its guests, where every lab has a stand-in in its place.
    #[must_use]
    pub const fn stand_in(self) -> Option<&'static str> {
        match self {
            Self::Libvirt | Self::Qemu | Self::LibvirtLxc | Self::Lxc => None,
            Self::Xl | Self::Vzctl => Some(self.word()),
        }
    }
}
