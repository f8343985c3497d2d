use std::fmt;

use serde::{Deserialize, Serialize};

use super::node_name::NodeName;

/// What a cluster's scheduler orders to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Whose scheduler it is, with its version: `Pacemaker 2.1.5`.
    pub by: String,
    /// The actions, none before one that it waits for. Probes, recurring monitors, notifications and the fencing device's
    /// own actions are left out.
    pub actions: Vec<ScheduledAction>,
}

impl Scheduled {
    /// Who orders it, and what: `Pacemaker 2.1.5 orders stop vm on a`.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} orders {self}", self.by)
    }
}

/// One action that a scheduler orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledAction {
    /// What is done, such as `migrate_to`; `fence` for a fencing.
    pub action: String,
    /// The id of the resource; none of a fencing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Where.
    pub node: NodeName,
    /// The positions of all actions of the plan that must have ended before this one begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<usize>,
}

impl fmt::Display for ScheduledAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action, of, node, ..
        } = self;
        match of {
            Some(of) => write!(f, "{action} {of} on {node}"),
            None => write!(f, "{action} {node}"),
        }
    }
}

/// `stop vm on a and fence b, then start vm on c`: what is joined by `then` waits, if for nothing else, for one of what stands
/// before it.
impl fmt::Display for Scheduled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.actions.is_empty() {
            return f.write_str("nothing");
        }
        let mut turns: Vec<usize> = Vec::new();
        for action in &self.actions {
            let before = action.after.iter().filter_map(|i| turns.get(*i));
            turns.push(before.max().map_or(0, |turn| turn + 1));
        }
        let last = turns.iter().max().copied().unwrap_or(0);
        let turn = |turn: usize| {
            let all = self.actions.iter().zip(&turns);
            let own = all.filter(|(_, its)| **its == turn);
            let own: Vec<_> = own.map(|(action, _)| action.to_string()).collect();
            own.join(" and ")
        };
        let all: Vec<_> = (0..=last).map(turn).collect();
        f.write_str(&all.join(", then "))
    }
}
