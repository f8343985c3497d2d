use std::collections::BTreeMap;
use std::fmt;

use crate::history::{
    DomainState, Entry, Guest, Invocation, Moment, NodeName, Sighting, What, seconds,
};

/// One readable line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Moment,
    /// Where, if it has a place.
    pub node: Option<NodeName>,
    /// Who did or saw it: `agent`, `harness`, `libvirt`, `process`, `lock`, `disk`, `files`, `lab`.
    pub who: &'static str,
    /// What.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.node.as_ref().map_or("-", |node| node.0.as_str());
        let at = self.at.to_string();
        write!(f, "{at:>10}  {node:<2} {:<8} {}", self.who, self.text)
    }
}

/// A guest that wrote again after this long, in milliseconds, is worth a line again.
const SILENCE: u64 = 1000;

/// A history as lines. What was seen gets one when it changes: looks that found the same again do not,
/// and of a guest's writes only the first, and the first after a silence or from another node.
#[must_use]
pub fn lines(entries: &[Entry]) -> Vec<Line> {
    let mut timeline = Timeline::default();
    for entry in entries {
        timeline.add(entry);
    }
    timeline.lines
}

/// The lines so far, and what was seen last.
#[derive(Default)]
struct Timeline<'a> {
    lines: Vec<Line>,
    runs: BTreeMap<u32, &'a Invocation>,
    writers: BTreeMap<(&'a NodeName, &'static str, u64), Moment>,
    domains: BTreeMap<(&'a NodeName, &'static str), Option<DomainState>>,
    seen: BTreeMap<(&'a NodeName, &'static str), String>,
}

impl<'a> Timeline<'a> {
    fn add(&mut self, entry: &'a Entry) {
        match &entry.what {
            What::Saw(Sighting::Write {
                node,
                guest,
                incarnation,
                counter,
                ..
            }) => {
                if self.is_news(entry.at, node, *guest, *incarnation) {
                    let whose = whose(*guest);
                    let text =
                        format!("{whose} writes record {counter}, incarnation {incarnation:x}");
                    self.push(entry.at, Some(node), "disk", text);
                }
            }
            What::Saw(Sighting::Domain {
                node, guest, state, ..
            }) if self.domains.insert((node, whose(*guest)), *state) == Some(*state) => {}
            What::Saw(sighting) => self.add_sighting(entry.at, sighting),
            what => self.add_event(entry.at, what),
        }
    }

    /// Takes note of a write, and returns whether it gets a line.
    fn is_news(&mut self, at: Moment, node: &'a NodeName, guest: Guest, incarnation: u64) -> bool {
        let before = self.writers.insert((node, whose(guest), incarnation), at);
        before.is_none_or(|before| at.0 > before.0.saturating_add(SILENCE))
    }

    fn push(&mut self, at: Moment, node: Option<&NodeName>, who: &'static str, text: String) {
        self.lines.push(Line {
            at,
            node: node.cloned(),
            who,
            text,
        });
    }

    fn add_event(&mut self, at: Moment, what: &'a What) {
        match what {
            What::Began(invocation) => {
                self.runs.insert(invocation.id, invocation);
                let text = format!("{} begins", action_of(invocation));
                self.push(at, Some(&invocation.node), "agent", text);
            }
            What::Ended(outcome) => {
                let run = self.runs.get(&outcome.id).copied();
                // What is there once an action is over matters, also if it was there before.
                let node = run.map(|run| &run.node);
                self.seen
                    .retain(|(place, who), _| *who != "process" || Some(*place) != node);
                let action = run.map_or_else(|| "a run".to_owned(), action_of);
                let text = format!("{action} -> {} in {}", outcome.exit, seconds(outcome.took));
                self.push(at, run.map(|run| &run.node), "agent", text);
            }
            What::Fault { kind, node } => {
                let text = format!("fault `{kind}` took effect");
                self.push(at, Some(node), "harness", text);
            }
            What::Signal { node } => {
                self.push(
                    at,
                    Some(node),
                    "harness",
                    "fault `signal` took effect".to_owned(),
                );
            }
            What::Healed { kind } => self.push(at, None, "harness", format!("healed `{kind}`")),
            What::Step { text, .. } => self.push(at, None, "harness", format!("step: {text}")),
            What::Settled { held, .. } => {
                let text = if *held {
                    "settled"
                } else {
                    "did not settle in time"
                };
                self.push(at, None, "harness", text.to_owned());
            }
            What::Ready { .. } => self.push(at, None, "lab", "the given world is there".to_owned()),
            What::Trouble { text } => self.push(at, None, "lab", format!("trouble: {text}")),
            What::Done => self.push(at, None, "harness", "the steps are over".to_owned()),
            What::Advertised(_) => {}
            What::Saw(_) | What::Cluster(_) => {}
        }
    }

    fn add_sighting(&mut self, at: Moment, sighting: &'a Sighting) {
        let (node, who, text) = match sighting {
            Sighting::Domain {
                node,
                guest,
                state,
                reason,
                ..
            } => (node, "libvirt", domain_text(*guest, *state, *reason)),
            Sighting::Emulators { node, found } => {
                let each = found.iter().map(|one| {
                    let frozen = if one.frozen { ", frozen" } else { "" };
                    format!("{} is process {}{frozen}", whose(one.guest), one.pid)
                });
                let all: Vec<_> = each.collect();
                let none = "no emulator".to_owned();
                (
                    node,
                    "process",
                    if all.is_empty() { none } else { all.join("; ") },
                )
            }
            Sighting::Config { node, digest, .. } => {
                let text = digest.as_ref().map_or_else(
                    || "the configuration file is not there".to_owned(),
                    |digest| format!("configuration file {}", &digest[..digest.len().min(8)]),
                );
                (node, "files", text)
            }
            Sighting::Lock { node, lock, held } => {
                let held = if *held { "held" } else { "not held" };
                (node, "lock", format!("{lock:?} lock {held}").to_lowercase())
            }
            Sighting::Dumps { node, files } if !files.is_empty() => {
                let text = format!("memory saved: {}", files.join(", "));
                (node, "files", text)
            }
            Sighting::Exposed { node, places } if !places.is_empty() => {
                let text = format!("the password is shown: {}", places.join(", "));
                (node, "files", text)
            }
            Sighting::Remains { .. }
            | Sighting::Write { .. }
            | Sighting::Dumps { .. }
            | Sighting::Exposed { .. } => return,
        };
        let is_new =
            who == "libvirt" || self.seen.insert((node, who), text.clone()) != Some(text.clone());
        if is_new {
            self.push(at, Some(node), who, text);
        }
    }
}

fn action_of(invocation: &Invocation) -> String {
    invocation
        .verb
        .as_ref()
        .map_or_else(|| "a run without action".to_owned(), ToString::to_string)
}

fn domain_text(guest: Guest, state: Option<DomainState>, reason: i32) -> String {
    let whose = whose(guest);
    match state {
        None => format!("no answer about {whose}"),
        Some(state) => {
            let word = format!("{state:?}").to_lowercase();
            format!("{whose} is {word}, reason {reason}")
        }
    }
}

const fn whose(guest: Guest) -> &'static str {
    match guest {
        Guest::Subject => "subject",
        Guest::Bystander => "bystander",
        Guest::Stranger => "stranger",
    }
}
