//! The manager that a sequence plays: Pacemaker, or rgmanager for agents of its dialect.

use super::model::{Answer, Belief, Cluster};
use super::moves::{Act, Side};
use super::rgmanager::Rgmanager;

/// What the manager believes, and so what it may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Pacemaker.
    Pacemaker(Cluster),
    /// rgmanager.
    Rgmanager(Rgmanager),
}

impl Manager {
    /// What it believes of a node.
    #[must_use]
    pub fn on(&self, place: Side) -> Belief {
        match self {
            Self::Pacemaker(cluster) => cluster.on(place),
            Self::Rgmanager(rgmanager) if rgmanager.is_content(place) => Belief::Started,
            Self::Rgmanager(rgmanager) if rgmanager.is_clear(place) => Belief::Stopped,
            Self::Rgmanager(rgmanager) if rgmanager.owner() == Some(place) => Belief::Doubtful,
            Self::Rgmanager(_) => Belief::Unknown,
        }
    }

    /// Whether it does nothing more: Pacemaker would fence a node, or the service has failed in rgmanager.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match self {
            Self::Pacemaker(cluster) => cluster.is_fenced(),
            Self::Rgmanager(rgmanager) => rgmanager.has_failed(),
        }
    }

    /// Whether the guest may run on a node on which the manager does not know it to run, and it is to do something about
    /// that.
    #[must_use]
    pub fn doubts(&self) -> bool {
        match self {
            Self::Pacemaker(cluster) => cluster.doubts(),
            Self::Rgmanager(rgmanager) => rgmanager.doubts(),
        }
    }

    /// Whether it believes that the guest runs there, and has nothing else to do about it.
    #[must_use]
    pub fn is_content(&self, place: Side) -> bool {
        match self {
            Self::Pacemaker(cluster) => cluster.is_content(place),
            Self::Rgmanager(rgmanager) => rgmanager.is_content(place),
        }
    }

    /// Whether it may order that action there now.
    #[must_use]
    pub fn may(&self, act: Act, on: Side) -> bool {
        match self {
            Self::Pacemaker(cluster) => cluster.may(act, on),
            Self::Rgmanager(rgmanager) => rgmanager.may(act, on),
        }
    }

    /// Whether it may stop on both nodes at once.
    #[must_use]
    pub fn may_stop_both(&self) -> bool {
        match self {
            Self::Pacemaker(cluster) => cluster.may_stop_both(),
            Self::Rgmanager(_) => false,
        }
    }

    /// Whether an action may be killed long before its timeout: rgmanager keeps no timeouts unless it is told to, and ends
    /// with its node.
    #[must_use]
    pub fn may_kill(&self, act: Act) -> bool {
        // A stop that is killed is a stop that failed: what follows is fencing, and teaches nothing.
        matches!(self, Self::Pacemaker(_)) && act != Act::Stop
    }

    /// Whether an action answers a doubt.
    #[must_use]
    pub const fn settles(&self, act: Act) -> bool {
        match self {
            Self::Pacemaker(_) => matches!(act, Act::Stop | Act::MigrateFrom),
            Self::Rgmanager(_) => matches!(act, Act::Stop | Act::Probe),
        }
    }

    /// Learns how an action ended.
    pub fn learn(&mut self, act: Act, on: Side, answer: Answer) {
        match self {
            Self::Pacemaker(cluster) => cluster.learn(act, on, answer),
            Self::Rgmanager(rgmanager) => rgmanager.learn(act, on, answer),
        }
    }
}
