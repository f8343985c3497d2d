//! What the cluster's row shows: what it decided and why, what it believed once it was idle, members and fencings.

use crate::history::{ClusterEvent, FenceOutcome, History, Moment, What};
use crate::report::cluster_words as words;

/// Something that the cluster did.
pub(super) struct ClusterNote {
    pub(super) at: Moment,
    pub(super) kind: Kind,
    pub(super) text: String,
    /// The whole of it, for whoever points at it.
    pub(super) title: String,
}

/// What kind of thing it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Decision,
    Belief,
    Member,
    /// A node went down.
    Fenced,
}

/// All that a history tells of the cluster, in the order in which it happened. Decisions that follow each other and order
/// the same are one.
pub(super) fn notes(history: &History) -> Vec<ClusterNote> {
    let mut notes: Vec<ClusterNote> = Vec::new();
    for entry in &history.entries {
        let What::Cluster(event) = &entry.what else {
            continue;
        };
        let Some((kind, text, title)) = told(event) else {
            continue;
        };
        let again = notes
            .last()
            .is_some_and(|last| last.kind == kind && last.text == text);
        if !again {
            notes.push(ClusterNote {
                at: entry.at,
                kind,
                text,
                title: format!("{title} at {}", entry.at),
            });
        }
    }
    notes
}

fn told(event: &ClusterEvent) -> Option<(Kind, String, String)> {
    match event {
        ClusterEvent::Decision(decision) => {
            let text = words::decision(decision)?;
            let title = format!("{} decided ({}): {text}", decision.by, decision.input);
            Some((Kind::Decision, text, title))
        }
        ClusterEvent::Belief(belief) => {
            let text = words::belief(belief);
            let title = format!("the idle cluster {text}");
            Some((Kind::Belief, text, title))
        }
        ClusterEvent::Member(member) => {
            let text = words::member(member);
            Some((Kind::Member, text.clone(), text))
        }
        ClusterEvent::Fenced(fenced) => {
            let text = words::fenced(fenced);
            let kind = match fenced.outcome {
                FenceOutcome::Done => Kind::Fenced,
                FenceOutcome::Failed | FenceOutcome::Lied => Kind::Member,
            };
            Some((kind, text.clone(), text))
        }
        ClusterEvent::Result(_) => None,
    }
}
