//! The moments of a live migration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A moment of a live migration of the subject, as libvirt of both nodes shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The source's daemon has begun the job; the target may know nothing of it.
    Begun,
    /// The target's daemon has the incoming domain.
    Incoming,
    /// That share of the guest's memory has been carried over.
    Copied(Percent),
    /// The source's guest stands still, and the target's does not run yet.
    SwitchOver,
    /// The guest runs on the target, and the source's daemon still has its domain.
    Arrived,
    /// The guest runs on the target, and the source's daemon knows no active domain of it.
    Completed,
}

/// A share in percent; a case writes `30%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u8);
