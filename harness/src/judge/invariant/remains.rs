use std::collections::BTreeSet;

use super::breach::Breach;
use crate::case::{CaseSpec, FaultKind, GivenState, Outside, Step};
use crate::history::{Exit, Guest, Moment, NodeName, Sighting, What};
use crate::judge::leftover::{self, Leftover, LeftoverKind};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Invariant 8: nothing is left behind after the last `stop`.
///
/// It counts on the nodes where the case ended with the subject stopped by the agent; beside one that was stopped, also
/// on a node where the agent did nothing to the guest.
///
/// What the agent leaves after every start and stop is a finding only in the cases about that, which cite STOP-16.
pub(super) fn none(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let usual = match is_about_leftovers(spec) {
        true => BTreeSet::new(),
        false => leftover::usual(record.entries),
    };
    let left = left_on_nodes(spec, record).into_iter();
    left.filter_map(|left| left.without(&usual).breach(record))
        .collect()
}

/// What is left behind that is no finding, since the agent leaves it in any life of a guest.
pub(in crate::judge) fn usual(spec: &CaseSpec, record: &Record<'_>) -> Option<String> {
    let usual = leftover::usual(record.entries);
    if usual.is_empty() || is_about_leftovers(spec) {
        return None;
    }
    let patterns: BTreeSet<_> = all(spec, record).iter().map(Leftover::pattern).collect();
    let patterns: Vec<_> = patterns
        .into_iter()
        .filter(|pattern| usual.contains(pattern.as_str()))
        .collect();
    (!patterns.is_empty()).then(|| {
        format!(
            "left behind, as in any life of a guest (STOP-16): {}",
            patterns.join(", ")
        )
    })
}

/// Everything that is left behind, on any node.
pub(in crate::judge) fn all(spec: &CaseSpec, record: &Record<'_>) -> BTreeSet<Leftover> {
    let left = left_on_nodes(spec, record).into_iter();
    left.flat_map(|left| left.things).collect()
}

fn is_about_leftovers(spec: &CaseSpec) -> bool {
    spec.clause.iter().any(|clause| clause.0 == CLAUSE)
}

/// The demand that nothing is left behind.
const CLAUSE: &str = "STOP-16";

/// What was left behind on one node.
struct Left<'a> {
    node: &'a NodeName,
    at: Moment,
    things: Vec<Leftover>,
}

impl Left<'_> {
    fn without(mut self, usual: &BTreeSet<&str>) -> Self {
        self.things
            .retain(|one| !usual.contains(one.pattern().as_str()));
        self
    }

    fn breach(self, record: &Record<'_>) -> Option<Finding> {
        let things: Vec<_> = self.things.iter().map(ToString::to_string).collect();
        let breach = Breach {
            invariant: Invariant::NothingLeftBehind,
            clauses: &[CLAUSE],
            at: Some(self.at),
            node: Some(self.node),
            run: record.last_act(self.at, Some(self.node)),
            expected: "nothing left behind after the last stop".to_owned(),
            seen: things.join(", "),
        };
        (!self.things.is_empty()).then(|| Finding {
            left_behind: self.things,
            ..breach.warn()
        })
    }
}

fn left_on_nodes<'a>(spec: &CaseSpec, record: &Record<'a>) -> Vec<Left<'a>> {
    let nodes = record.nodes();
    let ends: Vec<_> = nodes.iter().map(|node| end(record, node)).collect();
    let all = ends.contains(&End::Stopped) && !ends.contains(&End::Other);
    let judged = |end: &End| *end == End::Stopped || (all && *end == End::Untouched);
    let judged = nodes.into_iter().zip(&ends).filter(|(_, end)| judged(end));
    // What ended with its node could not clean up.
    let judged = judged.filter(|(node, _)| !record.went_down(node));
    judged
        .filter_map(|(node, _)| left(spec, record, node))
        .collect()
}

fn left<'a>(spec: &CaseSpec, record: &Record<'a>, node: &'a NodeName) -> Option<Left<'a>> {
    let mut looks = record
        .sightings()
        .filter_map(|(at, sighting)| match sighting {
            Sighting::Remains {
                node: seen,
                domains,
                files,
                processes,
            } if seen == node => Some((at, [domains, files, processes])),
            _ => None,
        });
    let (_, before) = looks.next()?;
    let (at, after) = looks.last()?;
    // A run that was killed could not clean up.
    let killed = record.runs.iter().any(|ran| {
        ran.outcome()
            .is_none_or(|outcome| matches!(outcome.exit, Exit::Killed | Exit::TimedOut))
    });
    let excused = [by_hand(spec), killed, false];
    let kinds = [
        LeftoverKind::Domain,
        LeftoverKind::File,
        LeftoverKind::Process,
    ];
    let things = (0..kinds.len())
        .filter(|kind| !excused[*kind])
        .flat_map(|kind| added(kinds[kind], before[kind], after[kind]))
        .filter(|left| !is_asked_for(record, left))
        .collect();
    Some(Left { node, at, things })
}

/// Whether the operator named the file in a parameter: a log, say, is not the agent's to remove.
fn is_asked_for(record: &Record<'_>, left: &Leftover) -> bool {
    let mut named = { record.runs.iter() }.flat_map(|ran| &ran.invocation.env);
    left.kind == LeftoverKind::File
        && named.any(|(name, value)| name.starts_with(PARAMETER) && *value == left.name)
}

/// The prefix of variables that hold parameters.
const PARAMETER: &str = "OCF_RESKEY_";

fn added(kind: LeftoverKind, before: &[String], after: &[String]) -> Vec<Leftover> {
    let new = after.iter().filter(|one| !before.contains(one)).cloned();
    new.map(|name| Leftover { kind, name }).collect()
}

/// Whether an operator made a definition by hand, which the agent need not undo.
fn by_hand(spec: &CaseSpec) -> bool {
    let defines = |step: &Step| {
        matches!(
            step,
            Step::Outside(Outside::Define(_) | Outside::Create(_) | Outside::Autostart(_))
        )
    };
    let mut states = spec.given.states.values();
    states.any(|state| *state == GivenState::Outside) || spec.any_step(defines)
}

/// How the agent left a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The last thing that it did to the guest there was a successful stop, and no instance is there.
    Stopped,
    /// It did nothing to the guest there, and no instance is there.
    Untouched,
    /// Anything else.
    Other,
}

fn end(record: &Record<'_>, node: &NodeName) -> End {
    let acts = |ran: &Ran<'_>| ran.is_act();
    let last = record
        .runs
        .iter()
        .rfind(|ran| ran.invocation.node == *node && acts(ran));
    let there = record.emulators(node, Guest::Subject).next_back();
    match last {
        _ if there.is_some_and(|look| !look.found.is_empty()) => End::Other,
        None => End::Untouched,
        Some(ran) if ran.is(&Verb::Stop) && ran.succeeded() => match is_lost_after(record, ran) {
            // A guest that came after the stop ended with the node, and nobody could clean up.
            true => End::Other,
            false => End::Stopped,
        },
        Some(_) => End::Other,
    }
}

/// Whether the node of a run was lost after it.
fn is_lost_after(record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let mut since = record.entries.iter().filter(|entry| entry.at > ran.began);
    since.any(|entry| match &entry.what {
        What::Fault { kind, node } => *kind == FaultKind::Lost && *node == ran.invocation.node,
        _ => false,
    })
}
