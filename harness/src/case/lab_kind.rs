//! The kinds of lab, and what each of them can do.
//!
//! Everything else asks a lab for an ability, so that a new kind is a variant here and a line in each method.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which lab a case needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabKind {
    /// Nodes with a libvirtd and real guests.
    #[default]
    Qemu,
    /// libvirt's test driver: any domain state can be shown, nothing can be changed for good.
    Driver,
}

impl LabKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Qemu, Self::Driver];

    /// Whether guests really run: they boot, have a disk, take commands, and leave traces that the witness sees.
    #[must_use]
    pub const fn has_real_guest(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver => false,
        }
    }

    /// Whether the guests belong to a daemon of the node, which can be harmed.
    #[must_use]
    pub const fn has_daemon(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver => false,
        }
    }

    /// Whether a domain can be shown in any state, without a guest that would have to get there.
    #[must_use]
    pub const fn shows_any_state(self) -> bool {
        match self {
            Self::Qemu => false,
            Self::Driver => true,
        }
    }

    /// Whether a guest can migrate to another node.
    #[must_use]
    pub const fn can_migrate(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver => false,
        }
    }

    /// The feature that an agent must have to be tested there; none where every agent will do.
    #[must_use]
    pub const fn required_feature(self) -> Option<Feature> {
        match self {
            Self::Qemu => None,
            Self::Driver => Some(Feature::TestDriver),
        }
    }
}

/// Something an agent can do that its metadata does not tell.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// It manages libvirt domains of any driver, the test driver too.
    TestDriver,
    /// As a fence agent it finds a guest on whichever node it is.
    FencesAnyNode,
}
