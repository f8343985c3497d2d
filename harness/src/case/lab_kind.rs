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
    /// No node at all: Pacemaker's own scheduler, which is given a cluster in a file. What is tried here is the cluster, not
    /// the agent: a plan that differs is never held against an agent. It means that the other cases about clusters assume
    /// what this Pacemaker does not do, so a `must` becomes `unknown`, and what is weaker a note.
    Scheduler,
}

impl LabKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Qemu, Self::Driver, Self::Scheduler];

    /// Whether it has nodes, on which an agent runs.
    #[must_use]
    pub const fn has_nodes(self) -> bool {
        match self {
            Self::Qemu | Self::Driver => true,
            Self::Scheduler => false,
        }
    }

    /// Whether guests really run: they boot, have a disk, take commands, and leave traces that the witness sees.
    #[must_use]
    pub const fn has_real_guest(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver | Self::Scheduler => false,
        }
    }

    /// Whether the guests belong to a daemon of the node, which can be harmed.
    #[must_use]
    pub const fn has_daemon(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver | Self::Scheduler => false,
        }
    }

    /// Whether a domain can be shown in any state, without a guest that would have to get there.
    #[must_use]
    pub const fn shows_any_state(self) -> bool {
        match self {
            Self::Qemu | Self::Scheduler => false,
            Self::Driver => true,
        }
    }

    /// Whether a guest can migrate to another node.
    #[must_use]
    pub const fn can_migrate(self) -> bool {
        match self {
            Self::Qemu => true,
            Self::Driver | Self::Scheduler => false,
        }
    }

    /// The feature that an agent must have to be tested there; none where every agent will do.
    #[must_use]
    pub const fn required_feature(self) -> Option<Feature> {
        match self {
            Self::Qemu | Self::Scheduler => None,
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
    /// With the engine `qemu`: its emulators listen for QMP on a UNIX socket that their command line names by an absolute
    /// path. The suite asks for the guest's state there and how far its migration is, sets how fast it migrates, and
    /// stops the guest as an operator would.
    Qmp,
    /// With `qmp`: its emulators pause the guest when its disk fails (`werror=stop,rerror=stop`).
    PausesOnIoError,
    /// With `qmp`: its emulators tell that the guest panicked, and keep it (`-device pvpanic -action panic=pause`).
    PausesOnPanic,
}
