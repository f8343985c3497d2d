//! Brings a lab back to what it was, with proof.
//!
//! - A daemon that was restarted takes a guest for running before it has found it again, and kills it if anything goes
//!   wrong meanwhile. So a reset waits until the daemon answers for the bystander.
//! - A daemon whose caller was cut off takes it for connected for half a minute, and then ends the guest that came by
//!   that connection: any guest with its UUID, a later case's too. So a daemon that still has callers is restarted
//!   (`callers.rs`).
//! - A cluster stops what it ran. No agent runs for that: the guests are ended from outside.
//! - A node that has lately heard of another one waits up to a minute for it after it was cut off, and one that has not
//!   waits three seconds (ARP). So every node forgets where the others are.

use tracing::debug;

use super::cable::Cable;
use super::disk_harm::DiskHarm;
use super::error::LabError;
use super::lab::Lab;
use super::node::Node;
use super::request::LabRequest;
use super::side_by_side::side_by_side;
use super::wait::wait_until;
use crate::history::NodeName;

impl Lab {
    /// Makes the lab as it was at its beginning, and proves it.
    ///
    /// # Errors
    /// When something cannot be made so: the lab has to be replaced then.
    pub fn reset(&self) -> Result<(), LabError> {
        let _span = self.span().entered();
        if let Some(node) = self.power().lost_power() {
            let why = format!("the power of node {node} was cut");
            return Err(LabError::NotReset { why });
        }
        if let Some(calls) = self.calls() {
            calls.begin_reset();
        }
        let seen = self.bystander_counters()?;
        self.each_node(|node| {
            self.cable(node.name(), Cable::Whole)?;
            self.harm_disk(node.name(), DiskHarm::Whole)?;
            self.room(node.name(), true)
        })?;
        self.request(&LabRequest::Configure)?;
        self.each_node(|node| self.clear_node(node))?;
        debug!("the nodes are cleared");
        self.request(&LabRequest::RenewDisks)?;
        self.request(&LabRequest::RestoreFiles)?;
        self.request(&LabRequest::Reach)?;
        self.each_node(|node| self.prove_node(node))?;
        debug!("the nodes are as at the beginning");
        if let Some(calls) = self.calls() {
            calls.end_reset();
        }
        self.prove_bystanders(&seen)
    }

    /// Does the same on all nodes at once.
    fn each_node(
        &self,
        act: impl Fn(&dyn Node) -> Result<(), LabError> + Sync,
    ) -> Result<(), LabError> {
        side_by_side(self.nodes(), |node| act(&**node)).map(drop)
    }

    /// Ends every process and domain that is neither the lab's nor a bystander's.
    fn clear_node(&self, node: &dyn Node) -> Result<(), LabError> {
        let bystander = self.bystander().uuid;
        node.clear(&bystander)?;
        self.hypervisor().clear_domains(node, &bystander)?;
        node.release_parts()
    }

    /// No domain but a running bystander, no process but the lab's own.
    fn prove_node(&self, node: &dyn Node) -> Result<(), LabError> {
        let bystander = self.bystander().uuid;
        let domains = self.hypervisor().domains(node)?;
        let strays = node.strays(&bystander)?;
        let changed = self.changed_files(node.name())?;
        let why = if domains != [(bystander.clone(), true)] {
            format!("its domains and whether they run: {domains:?}, not only {bystander}")
        } else if let Some(stray) = strays.first() {
            format!("a process is left: {}", stray.command_line())
        } else if !changed.is_empty() {
            format!("files came or went: {}", changed.join(" "))
        } else {
            return Ok(());
        };
        Err(LabError::NotReset {
            why: format!("node {}: {why}", node.name()),
        })
    }

    fn bystander_counter(&self, name: &NodeName, incarnation: u64) -> Result<u64, LabError> {
        let records = self.bystander_records(name)?;
        match records[..] {
            [only] if only.incarnation == incarnation => Ok(only.counter),
            _ => Err(LabError::NotReset {
                why: format!("node {name}: the bystander was booted anew"),
            }),
        }
    }

    fn bystander_counters(&self) -> Result<Vec<u64>, LabError> {
        let pairs = self.nodes().iter().zip(&self.bystanders);
        pairs
            .map(|(node, first)| self.bystander_counter(node.name(), first.incarnation))
            .collect()
    }

    /// Every bystander is the incarnation it was, and has written since `seen`.
    fn prove_bystanders(&self, seen: &[u64]) -> Result<(), LabError> {
        wait_until("every bystander goes on writing", || {
            let now = self.bystander_counters().unwrap_or_default();
            now.len() == seen.len() && now.iter().zip(seen).all(|(now, seen)| now > seen)
        })
    }
}
