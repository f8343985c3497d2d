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
    /// QEMU, which the agent starts itself: libvirt knows nothing of its guests. They are seen by their emulators and by
    /// what they write to their disk.
    Qemu,
    /// Xen, by its tool `xl`: in a lab that is a stand-in over libvirt's guests, so libvirt knows each of them.
    Xl,
}

impl Engine {
    /// The word for it, as a profile has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Libvirt => "libvirt",
            Self::Qemu => "qemu",
            Self::Xl => "xl",
        }
    }

    /// Whether libvirt can be asked about the agent's guests.
    #[must_use]
    pub const fn asks_libvirt(self) -> bool {
        matches!(self, Self::Libvirt | Self::Xl)
    }
}
