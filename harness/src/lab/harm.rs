//! Harm that cases do to a lab on purpose, and its end.

use super::cable::Cable;
use super::disk_harm::DiskHarm;
use super::error::LabError;
use super::lab::Lab;
use super::machines::MachineNode;
use super::request::LabRequest;
use super::setup::NETWORK;
use crate::history::NodeName;

impl Lab {
    /// Harms a node's cable, beside what was done to it before, or mends it. That of a node without power stays cut.
    ///
    /// # Errors
    /// When the lab cannot do it.
    pub fn cable(&self, node: &NodeName, cable: Cable) -> Result<(), LabError> {
        if !self.has_power(node) {
            return Ok(());
        }
        let (node, pace) = (node.clone(), self.pace());
        self.request(&LabRequest::Cable { node, cable, pace })
            .map(drop)
    }

    /// Resets every established connection of a node with others, so that both ends notice. Returns whether there was one.
    ///
    /// # Errors
    /// When `ss` is not there, or fails.
    pub fn reset_connections(&self, node: &NodeName) -> Result<bool, LabError> {
        // Prints those that it has closed, and nothing on a kernel without CONFIG_INET_DIAG_DESTROY.
        let filter = ["state", "established", "dst", NETWORK];
        let args = [&["--no-header", "--tcp", "--kill"], &filter[..]].concat();
        let done = self.node(node)?.run("ss", &args)?;
        Ok(!done.out.text.trim().is_empty())
    }

    /// Takes all room in a node's own folders away, or gives it back.
    ///
    /// # Errors
    /// When the lab cannot do it.
    pub fn room(&self, node: &NodeName, is_there: bool) -> Result<(), LabError> {
        let node = node.clone();
        self.request(&LabRequest::Room { node, is_there }).map(drop)
    }

    /// Harms the server of a node's subject disk, or mends it.
    ///
    /// # Errors
    /// When the lab cannot do it.
    pub fn harm_disk(&self, node: &NodeName, harm: DiskHarm) -> Result<(), LabError> {
        let node = node.clone();
        self.request(&LabRequest::Disk { node, harm }).map(drop)
    }

    /// Whether a node has its power. Machines of their own can lose it, and nodes that are a cluster.
    #[must_use]
    pub fn has_power(&self, node: &NodeName) -> bool {
        self.power().has_power(node)
    }

    /// Cuts a node's power. A lab that this was done to is not reset, but replaced.
    ///
    /// # Errors
    /// When that is not possible here, or has no effect.
    pub fn cut_power(&self, node: &NodeName) -> Result<(), LabError> {
        match self.machine(node)? {
            None if self.calls().is_none() => Err(LabError::NoPower(node.clone())),
            _ => self.power().cut_power(node, None).map(drop),
        }
    }

    /// Gives a node's machine its power again, by the inventory's command; a node of this machine has it when it is raised.
    ///
    /// # Errors
    /// When the command fails.
    pub fn give_power(&self, node: &NodeName) -> Result<(), LabError> {
        self.machine(node)?.map_or(Ok(()), MachineNode::give_power)
    }

    /// Raises a node that was without power, once its machine has booted: without its bystander, and without its part of a
    /// cluster, which `revive_parts` starts. Whether what lay in its own folders is gone.
    ///
    /// # Errors
    /// When it does not come up, or the others do not reach it.
    pub fn raise_again(&self, node: &NodeName) -> Result<bool, LabError> {
        let is_new = self.power().raise_again(node)?;
        self.request(&LabRequest::Reach)?;
        Ok(is_new)
    }
}
