use crate::equipment::PartFault;
use crate::lab::error::LabError;

/// The parts of a node's equipment. A node that has none of them does nothing.
pub trait PartControl {
    /// Kills what of them holds something for a guest, as the loss of the node does.
    ///
    /// # Errors
    /// When it has not ended within half a minute.
    fn kill_parts(&self) -> Result<(), LabError> {
        Ok(())
    }

    /// Starts what `kill_parts` has ended.
    ///
    /// # Errors
    /// When it does not come up.
    fn revive_parts(&self) -> Result<(), LabError> {
        Ok(())
    }

    /// Lets them drop what guests held that have ended by now.
    ///
    /// # Errors
    /// When a daemon does not come up.
    fn release_parts(&self) -> Result<(), LabError> {
        Ok(())
    }

    /// Brings harm about that one of them offers.
    ///
    /// # Errors
    /// When none offers it, or it cannot be done.
    fn inject(&self, fault: PartFault) -> Result<(), LabError> {
        Err(LabError::NoSuchFault { fault })
    }
}
