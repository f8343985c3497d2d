//! What a picture shows, read from a history: spans and moments, without any measure of the drawing.

use std::collections::BTreeSet;

use super::cluster::{ClusterNote, notes};
use super::interventions::{Intervention, interventions};
use super::lane::{Lane, lanes};
use crate::history::{History, Moment, NodeName, What, seconds};
use crate::judge::{Doubled, Verdict};

/// A history as spans and moments.
pub(super) struct Scene {
    /// When the last entry was made.
    pub(super) end: Moment,
    /// When the given world was there.
    pub(super) ready: Option<Moment>,
    /// What was done to the lab, the guest or the domains, but not by the agent.
    pub(super) interventions: Vec<Intervention>,
    /// What the cluster around the agent did.
    pub(super) cluster: Vec<ClusterNote>,
    /// The nodes on which anything happened, by name.
    pub(super) lanes: Vec<(NodeName, Lane)>,
    /// The findings that have a moment.
    pub(super) marks: Vec<Mark>,
    /// When and where the guest ran twice.
    pub(super) doubled: Option<Doubled>,
}

/// A finding at its moment.
pub(super) struct Mark {
    /// Its number in the verdict, from 1.
    pub(super) number: usize,
    pub(super) at: Moment,
    pub(super) node: Option<NodeName>,
    pub(super) text: String,
    /// The whole of it, for whoever points at the mark.
    pub(super) title: String,
}

impl Scene {
    /// The scene, none when nothing was recorded.
    pub(super) fn of(history: &History, verdict: &Verdict) -> Option<Self> {
        let end = history.entries.last()?.at;
        let ready = history.entries.iter().find_map(|entry| match entry.what {
            What::Ready { .. } => Some(entry.at),
            _ => None,
        });
        let interventions = interventions(history);
        let (mut lanes, harmed) = (lanes(history, end), nodes_of(&interventions));
        let anything = lanes.iter().any(|(_, lane)| lane.is_busy());
        lanes.retain(|node, lane| !anything || lane.is_busy() || harmed.contains(node));
        let double_run = verdict.double_run();
        let doubled = double_run.and_then(|finding| finding.doubled.clone());
        Some(Self {
            end,
            ready,
            interventions,
            cluster: notes(history),
            lanes: lanes.into_iter().collect(),
            marks: marks(verdict, end),
            doubled,
        })
    }

    /// The scene as text, for readers who can't see the picture.
    pub(super) fn description(&self) -> String {
        let mut sentences = vec![format!("{} from left to right.", seconds(self.end.0))];
        for (node, lane) in &self.lanes {
            let (recurring, runs): (Vec<_>, Vec<_>) = lane.runs.iter().partition(|run| run.recurs);
            let runs: Vec<_> = runs.iter().map(|run| run.title.as_str()).collect();
            if !runs.is_empty() {
                sentences.push(format!("On {node}: {}.", runs.join("; ")));
            }
            if !recurring.is_empty() {
                let count = recurring.len();
                sentences.push(format!("On {node}: recurring monitors, {count} in number."));
            }
        }
        for note in &self.cluster {
            sentences.push(format!("Cluster: {}.", note.title));
        }
        for intervention in &self.interventions {
            sentences.push(format!("At {}: {}.", intervention.from, intervention.text));
        }
        if let Some(doubled) = &self.doubled {
            let (from, to) = (doubled.from, doubled.to);
            sentences.push(format!("The guest ran twice from {from} to {to}."));
        }
        for mark in &self.marks {
            sentences.push(format!("Finding {}: {}.", mark.number, mark.title));
        }
        sentences.join(" ")
    }
}

fn nodes_of(interventions: &[Intervention]) -> BTreeSet<NodeName> {
    let nodes = interventions.iter();
    nodes.filter_map(|one| one.node.clone()).collect()
}

fn marks(verdict: &Verdict, end: Moment) -> Vec<Mark> {
    let numbered = verdict.findings.iter().zip(1..);
    let marks = numbered.filter_map(|(finding, number)| {
        let at = finding.at?;
        Some(Mark {
            number,
            at: at.min(end),
            node: finding.node.clone(),
            text: finding.seen.clone(),
            title: format!(
                "at {at}, expected {}; seen: {}",
                finding.expected, finding.seen
            ),
        })
    });
    marks.collect()
}
