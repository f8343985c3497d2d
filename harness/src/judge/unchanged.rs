//! Reloadable parameters that a case did not change, since the metadata do not tell another value that the agent takes.

use super::facts::AgentFacts;
use super::record::{Ran, Record};
use crate::case::{CaseSpec, Step};
use crate::ocf::metadata::{Metadata, Parameter};
use crate::ocf::{PARAMETER, Verb};

/// One note for each action that was to apply them one by one.
pub(super) fn notes(spec: &CaseSpec, record: &Record<'_>, facts: &AgentFacts) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for ran in record.runs.iter().filter(|ran| is_of_each(ran, spec)) {
        let note = ran.verb().and_then(|verb| note(verb, record, facts));
        notes.extend(note.filter(|note| !notes.contains(note)));
    }
    notes
}

fn is_of_each(ran: &Ran<'_>, spec: &CaseSpec) -> bool {
    matches!(ran.step(spec), Some(Step::Run(run)) if run.each_reloadable)
}

fn note(verb: &Verb, record: &Record<'_>, facts: &AgentFacts) -> Option<String> {
    let rules = facts.dialect.rules();
    let metadata = printed(record)?;
    let stays = |one: &&Parameter| {
        let variable = format!("{PARAMETER}{}", one.name);
        let runs = record.runs.iter().filter(|ran| !ran.is(&Verb::MetaData));
        let mut values = runs.map(|ran| ran.invocation.env.get(&variable));
        let first = values.next().flatten();
        let has_no_other = rules.other_value(one, first.map(String::as_str)).is_none();
        rules.reloads(verb, one) && has_no_other && values.all(|value| value == first)
    };
    let left = metadata.parameters.iter().filter(stays);
    let names: Vec<_> = left.map(|one| format!("`{}`", one.name)).collect();
    let text = "the metadata name no other value that the agent takes";
    (!names.is_empty()).then(|| {
        format!(
            "{verb} was not tried with a change of {}: {text}",
            names.join(", ")
        )
    })
}

/// The metadata that a run of the case has printed.
fn printed(record: &Record<'_>) -> Option<Metadata> {
    let mut runs = record.runs.iter().filter(|ran| ran.is(&Verb::MetaData));
    runs.find_map(|ran| Metadata::parse(&ran.outcome()?.stdout.text).ok())
}
