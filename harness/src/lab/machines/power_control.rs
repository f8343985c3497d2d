//! The power of machines' nodes, as a cluster's fence device and a case ask for it.

use std::sync::PoisonError;

use super::raise::Machines;
use crate::history::NodeName;
use crate::lab::error::LabError;
use crate::lab::node::{Node as _, PartControl as _, PowerControl};

impl PowerControl for Machines {
    fn has_power(&self, node: &NodeName) -> bool {
        self.node(node).is_ok_and(|node| node.has_power())
    }

    fn lost_power(&self) -> Option<NodeName> {
        let mut nodes = self.nodes.iter();
        { nodes.find(|node| node.lost_power()) }.map(|node| node.name().clone())
    }

    fn cut_power(&self, node: &NodeName, by: Option<&NodeName>) -> Result<bool, LabError> {
        let node = self.node(node)?;
        let _one_at_a_time = self.cutting.lock().unwrap_or_else(PoisonError::into_inner);
        if by.is_some_and(|by| !self.has_power(by)) {
            return Ok(false);
        }
        node.cut_power()?;
        Ok(true)
    }

    fn raise_again(&self, node: &NodeName) -> Result<bool, LabError> {
        self.node(node)?.raise_again()
    }

    fn join_again(&self, node: &NodeName) -> Result<(), LabError> {
        self.node(node)?.revive_parts()
    }
}

impl Drop for Machines {
    /// Leaves no machine without power.
    fn drop(&mut self) {
        for node in &self.nodes {
            // One that does not get it is told of when a lab is raised there next.
            let _ = node.give_power();
        }
    }
}
