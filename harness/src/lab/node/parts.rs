use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::to_json;
use crate::equipment::PartFault;
use crate::lab::error::LabError;

/// The parts of a node's equipment. A node that has none of them does nothing.
pub trait PartControl {
    /// Kills what of them holds something for a guest, as the loss of the node does.
    ///
    /// # Errors
    /// When it has not ended within half a minute.
    fn kill_parts(&self) -> Result<(), LabError>;

    /// Starts what `kill_parts` has ended.
    ///
    /// # Errors
    /// When it does not come up.
    fn revive_parts(&self) -> Result<(), LabError>;

    /// Lets them drop what guests held that have ended by now.
    ///
    /// # Errors
    /// When a daemon does not come up.
    fn release_parts(&self) -> Result<(), LabError>;

    /// Brings harm about that one of them offers.
    ///
    /// # Errors
    /// When none offers it, or it cannot be done.
    fn inject(&self, fault: PartFault) -> Result<(), LabError>;
}

/// The same as messages.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum PartRequest {
    Kill,
    Revive,
    Release,
    Inject(PartFault),
}

impl PartRequest {
    /// Does what it asks for.
    pub(in crate::lab) fn answer(self, node: &impl PartControl) -> Result<Value, String> {
        to_json(match self {
            Self::Kill => node.kill_parts(),
            Self::Revive => node.revive_parts(),
            Self::Release => node.release_parts(),
            Self::Inject(fault) => node.inject(fault),
        })
    }
}
