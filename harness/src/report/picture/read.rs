//! What a picture shows, read from a history: spans and moments, without any measure of the drawing.

use std::collections::{BTreeMap, BTreeSet};

use super::lane::{self, Lane};
use crate::history::{History, Moment, NodeName, What, seconds};
use crate::judge::{self, Doubled, Verdict};

/// A history as spans and moments.
pub(super) struct Scene {
    /// When the last entry was made.
    pub(super) end: Moment,
    /// When the given world was there.
    pub(super) ready: Option<Moment>,
    /// What was done to the lab, the guest or the domains, but not by the agent.
    pub(super) deeds: Vec<Deed>,
    /// The nodes on which anything happened, by name.
    pub(super) lanes: Vec<(NodeName, Lane)>,
    /// The findings that have a moment.
    pub(super) marks: Vec<Mark>,
    /// When and where the guest ran twice.
    pub(super) doubled: Option<Doubled>,
}

/// Something that was done on purpose, or went wrong in the lab.
pub(super) struct Deed {
    pub(super) from: Moment,
    /// When a fault had taken effect.
    pub(super) effect: Moment,
    /// When it was over, for what lasts.
    pub(super) to: Option<Moment>,
    /// Whether the case healed it, and not only the clearing up after the case.
    pub(super) healed: bool,
    pub(super) text: String,
    /// A fault, or trouble of the lab.
    pub(super) harms: bool,
    pub(super) node: Option<NodeName>,
    /// The name by which it is healed.
    name: String,
}

/// A finding's place in the picture.
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
        let deeds = deeds(history);
        let (mut lanes, harmed) = (lane::read(history, end), nodes_of(&deeds));
        let anything = lanes.iter().any(|(_, lane)| lane.is_busy());
        lanes.retain(|node, lane| !anything || lane.is_busy() || harmed.contains(node));
        // The judge's own word: only where it found the guest running twice, and as far as it proved it.
        let found = verdict.double_run().is_some();
        let doubled = found.then(|| judge::doubled(history)).flatten();
        Some(Self {
            end,
            ready,
            deeds,
            lanes: lanes.into_iter().collect(),
            marks: marks(verdict, end),
            doubled,
        })
    }

    /// The scene in words, for who cannot see it.
    pub(super) fn told(&self) -> String {
        let mut words = vec![format!("{} from left to right.", seconds(self.end.0))];
        for (node, lane) in &self.lanes {
            let runs: Vec<_> = lane.runs.iter().map(|run| run.title.as_str()).collect();
            if !runs.is_empty() {
                words.push(format!("On {node}: {}.", runs.join("; ")));
            }
        }
        for deed in &self.deeds {
            words.push(format!("At {}: {}.", deed.from, deed.text));
        }
        if let Some(doubled) = &self.doubled {
            let (from, to) = (doubled.from, doubled.to);
            words.push(format!("The guest ran twice from {from} to {to}."));
        }
        for mark in &self.marks {
            words.push(format!("Finding {}: {}.", mark.number, mark.title));
        }
        words.join(" ")
    }
}

fn nodes_of(deeds: &[Deed]) -> BTreeSet<NodeName> {
    deeds.iter().filter_map(|deed| deed.node.clone()).collect()
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

fn deeds(history: &History) -> Vec<Deed> {
    let mut told = Teller::default();
    for entry in &history.entries {
        told.note(entry.at, &entry.what);
    }
    told.deeds
}

#[derive(Default)]
struct Teller {
    deeds: Vec<Deed>,
    /// The step that is being done, as a person would say it.
    step: String,
    /// When that began.
    since: Moment,
    /// The waits that have begun, by their path.
    waits: BTreeMap<Vec<usize>, Moment>,
}

impl Teller {
    fn note(&mut self, at: Moment, what: &What) {
        match what {
            What::Step { path, text } => {
                self.step.clone_from(text);
                self.since = at;
                self.waits.insert(path.clone(), at);
                // What the agent does is drawn as its own; faults and waits, when they took effect.
                if text.starts_with("by hand") || text.starts_with("tell") {
                    self.push(at, text, false);
                }
            }
            What::Fault { name, node } => {
                let own = self.step.starts_with("fault: ");
                let (from, text) = match own {
                    true => (self.since, std::mem::take(&mut self.step)),
                    false => (at, format!("fault: {name}")),
                };
                self.push(from, &text, true);
                if let Some(last) = self.deeds.last_mut() {
                    last.effect = at;
                    last.node.clone_from(node);
                    last.name.clone_from(name);
                }
            }
            What::Healed { name } => {
                let mut open = self.deeds.iter_mut().rev();
                let fault = open.find(|deed| deed.harms && deed.to.is_none() && deed.name == *name);
                if let Some(fault) = fault {
                    fault.to = Some(at);
                    fault.healed = self.step.starts_with("heal ");
                }
            }
            What::Settled { path, held } => {
                let from = self.waits.get(path).copied().unwrap_or(at);
                let text = match held {
                    true => "waited until it was so",
                    false => "waited, and it did not come to be so",
                };
                self.push(from, text, false);
                if let Some(last) = self.deeds.last_mut() {
                    last.to = Some(at);
                }
            }
            What::Trouble { text } => self.push(at, &format!("trouble: {text}"), true),
            _ => {}
        }
    }

    fn push(&mut self, from: Moment, text: &str, harms: bool) {
        self.deeds.push(Deed {
            from,
            effect: from,
            to: None,
            healed: false,
            text: text.to_owned(),
            harms,
            node: None,
            name: String::new(),
        });
    }
}
