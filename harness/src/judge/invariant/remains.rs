use super::Breach;
use crate::case::{CaseSpec, GivenState, Outside, Step};
use crate::history::{Exit, Guest, NodeName, Sighting};
use crate::judge::Finding;
use crate::judge::record::Record;

/// Invariant 8: nothing is left behind after the last `stop`.
///
/// It counts only where the case ended with the subject stopped by the agent everywhere.
pub(super) fn none(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    if !ended_stopped(record) {
        return Vec::new();
    }
    record
        .nodes()
        .into_iter()
        .filter_map(|node| left(spec, record, node))
        .collect()
}

fn left(spec: &CaseSpec, record: &Record<'_>, node: &NodeName) -> Option<Finding> {
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
    // Who was killed could not clean up after himself.
    let killed = record.runs.iter().any(|ran| {
        ran.outcome()
            .is_none_or(|outcome| matches!(outcome.exit, Exit::Killed | Exit::TimedOut))
    });
    let excused = [by_hand(spec), killed, false];
    let kinds = ["domain", "file", "process"];
    let told: Vec<_> = (0..kinds.len())
        .filter(|kind| !excused[*kind])
        .flat_map(|kind| added(kinds[kind], before[kind], after[kind]))
        .filter(|left| !is_asked_for(record, left))
        .collect();
    let breach = Breach {
        number: 8,
        clauses: &["STOP-16"],
        at: Some(at),
        node: Some(node),
        run: record.last_act(at, Some(node)),
        expected: "nothing left behind after the last stop".to_owned(),
        seen: told.join(", "),
    };
    (!told.is_empty()).then(|| breach.warn())
}

/// Whether it is a file that the operator himself named to the agent by a parameter: his log is not the agent's to remove.
fn is_asked_for(record: &Record<'_>, left: &str) -> bool {
    let file = left.strip_prefix("file ");
    let mut named = { record.runs.iter() }.flat_map(|ran| &ran.invocation.env);
    named.any(|(name, value)| name.starts_with(PARAMETER) && Some(value.as_str()) == file)
}

/// How the variables of parameters begin.
const PARAMETER: &str = "OCF_RESKEY_";

fn added(kind: &str, before: &[String], after: &[String]) -> Vec<String> {
    let new = after.iter().filter(|one| !before.contains(one));
    new.map(|one| format!("{kind} {one}")).collect()
}

/// Whether the operator's hand made a definition that the agent need not undo.
fn by_hand(spec: &CaseSpec) -> bool {
    fn defines(step: &Step) -> bool {
        match step {
            Step::Outside(Outside::Define(_) | Outside::Create(_) | Outside::Autostart(_)) => true,
            Step::Together(steps) => steps.iter().any(defines),
            _ => false,
        }
    }
    let outside = [spec.given.a, spec.given.b].contains(&Some(GivenState::Outside));
    outside || spec.when.iter().any(defines)
}

/// Whether the last thing the agent did to the guest on each node was a successful stop, and no
/// instance is there.
fn ended_stopped(record: &Record<'_>) -> bool {
    let acts = |word: &str| {
        matches!(
            word,
            "start" | "stop" | "migrate_to" | "migrate_from" | "migrate"
        )
    };
    let mut any = false;
    for node in record.nodes() {
        let last = record.runs.iter().rfind(|ran| {
            let acts = ran
                .invocation
                .action
                .as_ref()
                .is_some_and(|word| acts(word.as_str()));
            ran.invocation.node == *node && acts
        });
        let there = record.emulators(node, Guest::Subject).next_back();
        if there.is_some_and(|look| !look.found.is_empty())
            || last.is_some_and(|ran| !(ran.is("stop") && ran.succeeded()))
        {
            return false;
        }
        any |= last.is_some();
    }
    any
}
