//! What the examination of a condition came to.

use crate::case::Quantity;
use crate::history::{Moment, NodeName};

/// What an examination came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::judge) enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Too little was seen to decide.
    Unseen,
    /// It is no demand: what was seen becomes a note.
    Reported,
}

impl From<bool> for Held {
    fn from(held: bool) -> Self {
        if held { Self::Yes } else { Self::No }
    }
}

/// The result for one check, with the texts of a finding.
pub(in crate::judge) struct Examined {
    pub(in crate::judge) held: Held,
    pub(in crate::judge) expected: String,
    pub(in crate::judge) seen: String,
    pub(in crate::judge) at: Option<Moment>,
    pub(in crate::judge) node: Option<NodeName>,
    /// The number of the run to blame if the check does not hold.
    pub(in crate::judge) run: Option<u32>,
}

impl Examined {
    pub(super) fn new(
        held: impl Into<Held>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
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

    pub(super) fn unseen(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(Held::Unseen, expected, seen)
    }

    pub(super) fn on(mut self, node: &NodeName) -> Self {
        self.node = Some(node.clone());
        self
    }

    pub(super) fn by(mut self, run: Option<u32>) -> Self {
        self.run = run;
        self
    }

    pub(super) fn at(mut self, at: Moment) -> Self {
        self.at = Some(at);
        self
    }
}

/// The worst of several examinations: what fails before what is unseen before what holds.
pub(super) fn worst(examined: Vec<Examined>, expected: &str) -> Examined {
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
pub(super) fn within(quantity: Quantity, count: u32) -> bool {
    quantity.exactly.is_none_or(|exactly| count == exactly)
        && quantity.at_most.is_none_or(|most| count <= most)
        && quantity.at_least.is_none_or(|least| count >= least)
}

/// A quantity as reports write it: `exactly 1`, `at least 1 and at most 2`.
pub(super) fn bounds_text(quantity: Quantity) -> String {
    let bounds = [
        (quantity.exactly, "exactly"),
        (quantity.at_least, "at least"),
        (quantity.at_most, "at most"),
    ];
    let texts = bounds
        .into_iter()
        .filter_map(|(bound, word)| Some(format!("{word} {}", bound?)));
    texts.collect::<Vec<_>>().join(" and ")
}
