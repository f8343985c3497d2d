//! Conditions: whether a check holds by what was done and seen so far.
//!
//! The driver asks [`holds`] while it settles, the judge asks the same code afterwards, so the two
//! cannot differ.

mod cluster;
mod domain;
mod dump;
mod examined;
mod guest;
mod lock;
mod outage;
pub(super) mod renamed;
mod run;
pub(super) mod running;
mod scheduled;
mod silent;
mod truth;

use super::AgentFacts;
use super::record::Record;
use crate::case::Check;
use crate::history::Entry;

pub(super) use domain::{config_pairs, state_word};
pub(super) use examined::{Examined, Held};
pub(super) use truth::{Truth, is_received, truth};

/// Whether a check holds by the history so far; none if too little was seen to decide.
///
/// While a case runs, none means "not yet".
#[must_use]
pub fn holds(check: &Check, entries: &[Entry]) -> Option<bool> {
    match examine(check, &Record::of(entries), &AgentFacts::default()).held {
        Held::Yes | Held::Reported => Some(true),
        Held::No => Some(false),
        Held::Unseen => None,
    }
}

/// Examines a check by a record.
pub(super) fn examine(check: &Check, record: &Record<'_>, facts: &AgentFacts) -> Examined {
    let mut found = examined(check, record, facts);
    found.run = found.run.or_else(|| accused(&found, record));
    found
}

/// The run to blame for the guest's state: the last one that started, stopped or moved it on that node, or on any.
fn accused(found: &Examined, record: &Record<'_>) -> Option<u32> {
    let by = found.at.unwrap_or_else(|| record.last());
    let there = record.last_act(by, found.node.as_ref());
    there.or_else(|| record.last_act(by, None))
}

fn examined(check: &Check, record: &Record<'_>, facts: &AgentFacts) -> Examined {
    match check {
        Check::Running(quantity) => running::examine(*quantity, record),
        Check::State(states) => domain::states(states, record),
        Check::Undefined(nodes) => domain::undefined(nodes, record),
        Check::AutostartNoticed(node) => domain::autostart(node, record),
        Check::ConfigUntouched(untouched) => domain::config(*untouched, record),
        Check::Agrees(labels) => truth::agrees(&labels.0, record, facts),
        Check::Guest(guest) => guest::examine(*guest, record),
        Check::Silent(silent) => silent::examine(*silent, record),
        Check::Output(output) => run::output(output, record),
        Check::Took(took) => run::took(took, record),
        Check::Alike(labels) => run::alike(labels, record),
        Check::Successes { of, are } => run::successes(of, *are, record),
        Check::Metadata { of, rules } => run::metadata(of, rules, record, facts),
        Check::Calls(calls) => run::calls(calls, record),
        Check::Locked(node) => lock::examine(node, record),
        Check::Dumped(node) => dump::examine(node, record),
        Check::Report(what) => run::report(what, record),
        Check::SameOutput(labels) => run::same_output(labels, record),
        Check::ConfigWhole(whole) => domain::config_whole(*whole, record),
        Check::SecretHidden(hidden) => domain::secret_hidden(*hidden, record),
        Check::Cluster(check) => cluster::examine(check, record),
        Check::Outage(outage) => outage::examine(*outage, record),
        Check::Ordered(stages) => scheduled::ordered(stages, record),
        Check::Unordered(both) => scheduled::unordered(both, record),
    }
}
