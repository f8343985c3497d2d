use std::collections::BTreeMap;
use std::fmt;

use super::cluster_words as words;
use crate::history::{
    ClusterEvent, DomainState, Entry, Guest, Invocation, Moment, NodeName, Outcome, Sighting, What,
    seconds,
};
use crate::word::word;

/// One readable line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Moment,
    /// Where, if it has a place.
    pub node: Option<NodeName>,
    /// Who did or saw it: `agent`, `cluster`, `harness`, `libvirt`, `process`, `lock`, `disk`, `files`, `lab`.
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
                if !invocation.recurs() {
                    let text = format!("{} begins", action_of(invocation));
                    self.push(at, Some(&invocation.node), "agent", text);
                }
            }
            What::Ended(outcome) => {
                let run = self.runs.get(&outcome.id).copied();
                if !self.is_answer_new(run, outcome) {
                    return;
                }
                // What is there once an action is over matters, also if it was there before.
                let node = run.map(|run| &run.node);
                self.seen
                    .retain(|(place, who), _| *who != "process" || Some(*place) != node);
                let action = run.map_or_else(|| "a run".to_owned(), action_of);
                let by_case = if outcome.answered {
                    ", by the case in its place"
                } else {
                    ""
                };
                let took = seconds(outcome.took);
                let text = format!("{action} -> {} in {took}{by_case}", outcome.exit);
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
            What::Cluster(event) => self.add_cluster(at, event),
            What::Scheduled(plan) => self.push(at, None, "cluster", plan.told()),
            What::Saw(_) => {}
        }
    }

    fn add_cluster(&mut self, at: Moment, event: &'a ClusterEvent) {
        let (node, text) = match event {
            ClusterEvent::Belief(belief) => {
                (None, Some(format!("idle, {}", words::belief(belief))))
            }
            ClusterEvent::Decision(decision) => {
                let text = words::decision(decision);
                (
                    Some(&decision.by),
                    text.map(|text| format!("decides: {text}")),
                )
            }
            ClusterEvent::Result(result) => (Some(&result.node), words::failure(result)),
            ClusterEvent::Member(member) => (Some(&member.node), Some(words::member(member))),
            ClusterEvent::Fenced(fenced) => (Some(&fenced.node), Some(words::fenced(fenced))),
        };
        if let Some(text) = text {
            self.push(at, node, "cluster", text);
        }
    }

    /// Whether the end of a run gets a line: a recurring monitor only if it says something else than the one before.
    fn is_answer_new(&mut self, run: Option<&'a Invocation>, outcome: &Outcome) -> bool {
        let Some(run) = run.filter(|run| run.recurs()) else {
            return true;
        };
        let said = outcome.exit.to_string();
        let before = self.seen.insert((&run.node, "monitor"), said.clone());
        before != Some(said)
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
            format!("{whose} is {}, reason {reason}", word(&state))
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

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::history::FenceOutcome;
    use crate::judge::tests::tale::Tale;
    use crate::ocf::Code;

    #[test]
    fn a_cluster_is_told_by_what_it_decides_does_and_believes_and_monitors_by_their_news() {
        let tale = Tale::empty().decides(&[("start", Some("vm"), "", "a")]);
        let tale = tale.asked("start", "a", Code::Success).believes(&["a"]);
        let tale = (0..5).fold(tale, |tale, _| tale.monitored("a", Code::Success));
        let tale = tale.monitored("a", Code::ErrGeneric);
        let tale = tale.asked("stop", "a", Code::ErrGeneric).answered();
        let tale = tale.fenced("a", FenceOutcome::Done);
        let told: Vec<_> = lines(&tale.history().entries)
            .into_iter()
            .map(|line| format!("{} {}", line.who, line.text))
            .collect();
        let wanted = [
            "lab the given world is there",
            "cluster decides: start vm on a",
            "agent start begins",
            "agent start -> OCF_SUCCESS (0) in 0.1 s",
            "cluster idle, believes the guest on a",
            "agent monitor -> OCF_SUCCESS (0) in 0.1 s",
            "agent monitor -> OCF_ERR_GENERIC (1) in 0.1 s",
            "agent stop begins",
            "agent stop -> OCF_ERR_GENERIC (1) in 0.1 s, by the case in its place",
            "cluster a is fenced (off) for b",
        ];
        assert_eq!(told, wanted);
    }
}
