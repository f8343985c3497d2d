use std::fmt::Debug;

use crate::history::NodeName;
use crate::lab::error::LabError;

/// The power of a lab's nodes, which a case or a cluster's fence device cuts.
pub(in crate::lab) trait PowerControl: Debug + Send + Sync {
    /// Whether a node has its power.
    fn has_power(&self, node: &NodeName) -> bool;

    /// A node that was ever without: what it lost by that no reset brings back.
    fn lost_power(&self) -> Option<NodeName>;

    /// Cuts a node's power, for another one that asks for it or for a case. False, and nothing is done, when the one that
    /// asks has none itself by now: where two nodes shoot each other at the same time, the second is dead.
    ///
    /// # Errors
    /// When the lab has no such node, or something of it is left.
    fn cut_power(&self, node: &NodeName, by: Option<&NodeName>) -> Result<bool, LabError>;

    /// Gives a node its power again and starts the hypervisor's daemon, without guests. Whether what lay in the node's own
    /// folders is gone.
    ///
    /// # Errors
    /// When the machine does not boot, or the daemon does not come up.
    fn raise_again(&self, node: &NodeName) -> Result<bool, LabError>;

    /// Then starts its part of the cluster: it is a member once the others take it. To be done only while the other cables
    /// are whole: a node that starts alone takes all the others for stopped.
    ///
    /// # Errors
    /// When a daemon does not come up.
    fn join_again(&self, node: &NodeName) -> Result<(), LabError>;
}
