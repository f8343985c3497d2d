use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The state libvirt gives a domain, or that it knows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// libvirt answered, and knows no such domain.
    Absent,
    /// `VIR_DOMAIN_NOSTATE`.
    Nostate,
    /// `VIR_DOMAIN_RUNNING`.
    Running,
    /// `VIR_DOMAIN_BLOCKED`.
    Blocked,
    /// `VIR_DOMAIN_PAUSED`.
    Paused,
    /// `VIR_DOMAIN_SHUTDOWN`: being shut down.
    Shutdown,
    /// `VIR_DOMAIN_SHUTOFF`.
    Shutoff,
    /// `VIR_DOMAIN_CRASHED`.
    Crashed,
    /// `VIR_DOMAIN_PMSUSPENDED`.
    Pmsuspended,
}

impl DomainState {
    /// `VIR_DOMAIN_PAUSED_MIGRATION`, a reason of `Paused`, also of a target that is still receiving.
    pub const PAUSED_MIGRATION: i32 = 2;
    /// `VIR_DOMAIN_PAUSED_IOERROR`.
    pub const PAUSED_IOERROR: i32 = 5;
    /// `VIR_DOMAIN_PAUSED_STARTING_UP`.
    pub const PAUSED_STARTING_UP: i32 = 11;
    /// `VIR_DOMAIN_PAUSED_POSTCOPY`, a reason of `Paused`: the guest goes on elsewhere.
    pub const PAUSED_POSTCOPY: i32 = 12;
    /// `VIR_DOMAIN_PAUSED_POSTCOPY_FAILED`, a reason of `Paused`.
    pub const PAUSED_POSTCOPY_FAILED: i32 = 13;
    /// `VIR_DOMAIN_RUNNING_POSTCOPY_FAILED`, a reason of `Running`.
    pub const RUNNING_POSTCOPY_FAILED: i32 = 11;

    /// Whether a domain in this state has an emulator.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Absent | Self::Shutoff)
    }
}
