//! What the cluster around the agent does and believes, as its own programs report it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::node_name::NodeName;

/// Something that the cluster reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterEvent {
    /// What it believed when it was idle.
    Belief(Belief),
    /// What its scheduler ordered, and why.
    Decision(Decision),
    /// The result of an action, as the cluster took it.
    Result(ActionResult),
    /// A node became a member, or was lost.
    Member(Member),
    /// The lab's fence device was asked for something.
    Fenced(Fenced),
}

/// What an idle cluster believes, by `crm_mon --output-as=xml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belief {
    /// The version of Pacemaker.
    pub version: String,
    /// What it believes of each node.
    pub nodes: BTreeMap<NodeName, NodeBelief>,
    /// What it believes of the subject; none where it has no such resource.
    pub subject: Option<ResourceBelief>,
    /// Where it believes other resources started, by their ids.
    pub others: BTreeMap<String, BTreeSet<NodeName>>,
    /// The failed actions that it remembers.
    pub failures: Vec<ActionResult>,
}

/// What the cluster believes of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "Pacemaker's own words")]
pub struct NodeBelief {
    /// It is a member.
    pub online: bool,
    /// It has to be fenced.
    pub unclean: bool,
    /// Nothing may run on it.
    pub standby: bool,
    /// It is the designated controller.
    pub dc: bool,
}

/// What the cluster believes of the subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceBelief {
    /// The nodes that it is started on.
    pub started_on: BTreeSet<NodeName>,
    /// Whether it has failed.
    pub failed: bool,
    /// Whether the cluster has given up on it.
    pub blocked: bool,
    /// The action that is pending, as Pacemaker names it.
    pub pending: Option<String>,
    /// Whether the cluster starts and stops it.
    pub managed: bool,
}

/// What the scheduler ordered in one transition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The node that decided.
    pub by: NodeName,
    /// The file that its scheduler's input was saved in.
    pub input: String,
    /// What it ordered, resource by resource.
    pub orders: Vec<Order>,
}

/// What is to become of a resource or a node, by `crm_simulate --output-as=xml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What is done, in Pacemaker's word, such as `migrate` or `fence`.
    pub action: String,
    /// The resource; none where it is about a node.
    pub resource: Option<String>,
    /// Where it was; the node that it is about, where it is about one.
    pub source: Option<NodeName>,
    /// Where it is to be.
    pub dest: Option<NodeName>,
    /// Why, in Pacemaker's words.
    pub reason: Option<String>,
}

/// The result of an action, as the cluster took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    /// Where.
    pub node: NodeName,
    /// The resource's id.
    pub resource: String,
    /// The action.
    pub action: String,
    /// Its interval in milliseconds; 0 if it does not recur.
    pub interval: u64,
    /// The exit code.
    pub code: i32,
    /// The exit code that the cluster expected.
    pub expected: i32,
    /// How it came to its end.
    pub status: ActionStatus,
}

/// How an action came to its end, as the cluster sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionStatus {
    /// By itself.
    Done,
    /// The cluster ended a recurring monitor.
    Cancelled,
    /// Killed at its timeout.
    TimedOut,
    /// Otherwise: it could not be run, or its node was lost.
    Error,
}

/// A node became a member, or was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The node.
    pub node: NodeName,
    /// What it is now, in Pacemaker's word: `member` or `lost`.
    pub is: String,
}

/// What the lab's fence device was asked for, and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fenced {
    /// The node that was to be fenced.
    pub node: NodeName,
    /// The node whose cluster asked.
    pub by: NodeName,
    /// What was asked for: `off`, `on` or `reboot`.
    pub action: String,
    /// What came of it.
    pub outcome: FenceOutcome,
}

/// What came of a fencing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FenceOutcome {
    /// It was done, and proved.
    Done,
    /// It was refused, and said so.
    Failed,
    /// It was not done, and the device said that it was.
    Lied,
}

#[cfg(test)]
mod tests {
    use super::{
        ActionResult, ActionStatus, Belief, ClusterEvent, Decision, FenceOutcome, Fenced, Member,
        NodeBelief, Order, ResourceBelief,
    };
    use crate::history::{Entry, History, Moment, What};

    fn result() -> ActionResult {
        ActionResult {
            node: "a".into(),
            resource: "vm".to_owned(),
            action: "stop".to_owned(),
            interval: 0,
            code: 1,
            expected: 0,
            status: ActionStatus::TimedOut,
        }
    }

    fn belief() -> Belief {
        let subject = ResourceBelief {
            started_on: ["a".into()].into(),
            pending: Some("Migrating".to_owned()),
            ..ResourceBelief::default()
        };
        Belief {
            version: "2.1.5".to_owned(),
            nodes: [("a".into(), NodeBelief::default())].into(),
            subject: Some(subject),
            others: [("lock-clone".to_owned(), ["b".into()].into())].into(),
            failures: vec![result()],
        }
    }

    #[test]
    fn everything_that_a_cluster_reports_is_read_back_as_it_was_written() {
        let order = Order {
            action: "fence".to_owned(),
            resource: None,
            source: Some("a".into()),
            dest: None,
            reason: Some("vm failed there".to_owned()),
        };
        let events = [
            ClusterEvent::Belief(belief()),
            ClusterEvent::Decision(Decision {
                by: "b".into(),
                input: "pe-warn-0.bz2".to_owned(),
                orders: vec![order],
            }),
            ClusterEvent::Result(result()),
            ClusterEvent::Member(Member {
                node: "a".into(),
                is: "lost".to_owned(),
            }),
            ClusterEvent::Fenced(Fenced {
                node: "a".into(),
                by: "b".into(),
                action: "off".to_owned(),
                outcome: FenceOutcome::Lied,
            }),
        ];
        let entry = |(at, event)| Entry {
            at: Moment(at),
            what: What::Cluster(event),
        };
        let entries = (1..).zip(events).map(entry).collect();
        let history = History { entries };
        let file = tempfile::NamedTempFile::new().expect("a file");
        history.write(file.path()).expect("it can be written");
        assert_eq!(History::read(file.path()).expect("it is one"), history);
    }
}
