//! The start of the guests that nobody may touch.

use std::time::Instant;

use tracing::debug;

use super::capabilities::Capabilities;
use super::error::LabError;
use super::lab::Lab;
use super::local::LocalNode;
use super::node::Node;
use super::side_by_side::side_by_side;
use super::wait::wait_until;

impl Lab {
    /// Starts a bystander on each node and waits until it writes. `known` is what another lab's libvirt has found out about
    /// QEMU, which the first start on a node finds out otherwise.
    pub(super) fn start_bystanders(&mut self, known: &Capabilities) -> Result<(), LabError> {
        let alone = usize::from(known.is_empty() && self.tree().nodes().len() > 1);
        let (first, others) = self.nodes().split_at(alone);
        for node in first {
            self.start_bystander(&**node)?;
            self.tell_others()?;
        }
        side_by_side(others, |node| self.start_bystander(&**node))?;
        let mut all = Vec::new();
        for node in self.nodes() {
            let mut records = Vec::new();
            wait_until(&format!("the bystander of {} writes", node.name()), || {
                records = self.bystander_records(node.name()).unwrap_or_default();
                !records.is_empty()
            })?;
            all.extend(records.first().copied());
        }
        self.bystanders = all;
        Ok(())
    }

    fn start_bystander(&self, node: &dyn Node) -> Result<(), LabError> {
        let began = Instant::now();
        self.hypervisor().run_domain(node, &self.bystander())?;
        debug!(took = ?began.elapsed(), "node {}: its bystander was started", node.name());
        Ok(())
    }

    /// Gives to the nodes of this machine what the first one's libvirt has found out about QEMU.
    fn tell_others(&self) -> Result<(), LabError> {
        let found = self.capabilities();
        let others = self.tree().nodes().iter().skip(1);
        let told = others.map(|node| LocalNode::learn(node, &found));
        told.collect::<Result<(), _>>()
            .map_err(|error| LabError::NotUp {
                why: format!("a node cannot be told about QEMU: {error}"),
            })
    }
}
