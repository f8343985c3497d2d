//! Conditions: whether a check holds by what was done and seen so far.
//!
//! The driver asks [`holds`] while it settles, the judge asks the same code afterwards, so the two
//! cannot differ.

mod domain;
mod dump;
mod guest;
mod lock;
pub(super) mod renamed;
mod run;
mod running;
mod silent;
mod truth;

use super::Facts;
use super::record::Record;
use crate::case::{Check, Quantity};
use crate::history::{Entry, Moment, NodeName};

pub(super) use domain::{config_pairs, state_word};
pub(super) use truth::{Truth, is_received, truth};

/// Whether a check holds by these entries, the history so far; none when they cannot tell.
///
/// A live caller takes none for "not yet".
#[must_use]
pub fn holds(check: &Check, entries: &[Entry]) -> Option<bool> {
    match examine(check, &Record::of(entries), &Facts::default()).held {
        Held::Yes | Held::Reported => Some(true),
        Held::No => Some(false),
        Held::Unseen => None,
    }
}

/// What an examination came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// What was seen does not tell.
    Unseen,
    /// It is no demand: what was seen becomes a note.
    Reported,
}

impl From<bool> for Held {
    fn from(held: bool) -> Self {
        if held { Self::Yes } else { Self::No }
    }
}

/// A check examined, with the words for a finding.
pub(super) struct Examined {
    pub(super) held: Held,
    pub(super) expected: String,
    pub(super) seen: String,
    pub(super) at: Option<Moment>,
    pub(super) node: Option<NodeName>,
    /// The number of the run that is to blame where it does not hold, if one is.
    pub(super) run: Option<u32>,
}

impl Examined {
    fn new(held: impl Into<Held>, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        let (expected, seen) = (expected.into(), seen.into());
        Self {
            held: held.into(),
            expected,
            seen,
            at: None,
            node: None,
            run: None,
        }
    }

    fn unseen(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(Held::Unseen, expected, seen)
    }

    fn on(mut self, node: &NodeName) -> Self {
        self.node = Some(node.clone());
        self
    }

    fn by(mut self, run: Option<u32>) -> Self {
        self.run = run;
        self
    }

    fn at(mut self, at: Moment) -> Self {
        self.at = Some(at);
        self
    }
}

/// Examines a check by what the record tells.
pub(super) fn examine(check: &Check, record: &Record<'_>, facts: &Facts) -> Examined {
    let mut found = examined(check, record, facts);
    found.run = found.run.or_else(|| accused(&found, record));
    found
}

/// Whom what was seen of the guest accuses: the last run that began, ended or moved it there, or anywhere.
fn accused(found: &Examined, record: &Record<'_>) -> Option<u32> {
    let by = found.at.unwrap_or_else(|| record.last());
    let there = record.last_act(by, found.node.as_ref());
    there.or_else(|| record.last_act(by, None))
}

fn examined(check: &Check, record: &Record<'_>, facts: &Facts) -> Examined {
    match check {
        Check::Running(quantity) => running::examine(*quantity, record),
        Check::State(states) => domain::states(states, record),
        Check::Undefined(nodes) => domain::undefined(nodes, record),
        Check::AutostartNoticed(node) => domain::autostart(node, record),
        Check::ConfigUntouched(untouched) => domain::config(*untouched, record),
        Check::Agrees(labels) => truth::agrees(&labels.0, record),
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
    }
}

/// The worst of several examinations: what fails before what is unseen before what holds.
fn worst(examined: Vec<Examined>, expected: &str) -> Examined {
    let rank = |one: &Examined| match one.held {
        Held::No => 0,
        Held::Unseen => 1,
        Held::Yes | Held::Reported => 2,
    };
    let nothing = || Examined::unseen(expected, "nothing to judge");
    examined
        .into_iter()
        .min_by_key(rank)
        .unwrap_or_else(nothing)
}

/// Whether a count is within a quantity's bounds.
fn within(quantity: Quantity, count: u32) -> bool {
    quantity.exactly.is_none_or(|exactly| count == exactly)
        && quantity.at_most.is_none_or(|most| count <= most)
        && quantity.at_least.is_none_or(|least| count >= least)
}

/// A quantity in words: `exactly 1`, `at least 1 and at most 2`.
fn in_words(quantity: Quantity) -> String {
    let bounds = [
        (quantity.exactly, "exactly"),
        (quantity.at_least, "at least"),
        (quantity.at_most, "at most"),
    ];
    let words = bounds
        .into_iter()
        .filter_map(|(bound, word)| Some(format!("{word} {}", bound?)));
    words.collect::<Vec<_>>().join(" and ")
}
