//! Causes that several cases have in common, so that each is reported once.

use std::collections::BTreeSet;

use super::escape::shown;
use super::event::CaseEnd;
use super::summary::{Summary, cases};
use crate::judge::{Leftover, Severity, Verdict};

/// How many cases of a group are named, apart from the one shown.
const NAMED: usize = 8;

/// A reason for not passing that has nothing to do with the case itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// The agent's own start did not make the guest that the case begins with.
    NotBegun,
    /// Leftovers of these patterns were found, and nothing else.
    LeftBehind(BTreeSet<String>),
}

impl Cause {
    /// The cause of a verdict; none where what was found is the case's own.
    pub(super) fn of(verdict: &Verdict) -> Option<Self> {
        if verdict.could_not_begin() {
            return Some(Self::NotBegun);
        }
        let findings = &verdict.findings;
        let only_left = !findings.is_empty() && findings.iter().all(|one| one.is_left_behind());
        only_left.then(|| {
            let left = findings.iter().flat_map(|one| &one.left_behind);
            Self::LeftBehind(left.map(Leftover::pattern).collect())
        })
    }
}

/// Cases of one severity and one cause: one is shown, the others are named.
pub(super) struct Group<'a> {
    cause: Option<Cause>,
    pub(super) first: &'a CaseEnd,
    pub(super) others: Vec<&'a CaseEnd>,
}

impl<'a> Group<'a> {
    const fn of(cause: Option<Cause>, first: &'a CaseEnd) -> Self {
        let others = Vec::new();
        Self {
            cause,
            first,
            others,
        }
    }

    /// What several cases came to that has nothing to do with any of them; none where it is one case, or its own.
    pub(super) fn heading(&self) -> Option<String> {
        let Some(Cause::LeftBehind(kinds)) =
            self.cause.as_ref().filter(|_| !self.others.is_empty())
        else {
            return None;
        };
        let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
        let (count, kinds) = (cases(self.others.len() + 1), kinds.join(", "));
        // A file's name is the agent's to choose, and the terminal must not obey it.
        let kinds: String = kinds.chars().map(shown).collect();
        Some(format!(
            "left behind in {count}, which found nothing else: {kinds}; one of them:"
        ))
    }

    /// The other cases as text; none if there are none.
    pub(super) fn also(&self) -> Option<String> {
        let named = self.others.iter().take(NAMED);
        let named: Vec<_> = named.map(|end| end.verdict.case.0.as_str()).collect();
        let more = match self.others.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more, listed in the results"),
        };
        let count = match self.others.len() {
            0 => return None,
            1 => "1 more case".to_owned(),
            many => format!("{many} more cases"),
        };
        Some(format!("in {count}: {}{more}", named.join(", ")))
    }
}

impl Summary {
    /// The cases of that severity that could begin, those of one cause together, in the order of the first one's end.
    pub(super) fn groups(&self, severity: Severity) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for end in self
            .of(severity)
            .filter(|end| !end.verdict.could_not_begin())
        {
            let cause = Cause::of(&end.verdict);
            let mut alike = { groups.iter_mut() }.filter(|of| cause.is_some() && of.cause == cause);
            match alike.next() {
                Some(group) => group.others.push(end),
                None => groups.push(Group::of(cause, end)),
            }
        }
        groups
    }

    /// The cases that could not begin, since the agent's own start did not make the guest that they begin with.
    pub(super) fn not_begun(&self) -> Option<Group<'_>> {
        let mut ends = { self.ended.iter() }.filter(|end| end.verdict.could_not_begin());
        let first = ends.next()?;
        let mut group = Group::of(Some(Cause::NotBegun), first);
        group.others.extend(ends);
        Some(group)
    }

    /// The sentence about cases that could not begin; none if every case could.
    pub(super) fn beginning(&self) -> Option<String> {
        let group = self.not_begun()?;
        let count = cases(group.others.len() + 1);
        let starts = { self.ended.iter() }.map(|end| end.verdict.starts);
        let (tried, worked) = starts.fold((0, 0), |(tried, worked), one| {
            (tried + one.tried, worked + one.worked)
        });
        Some(match (worked, tried) {
            (0, 0 | 1) => format!(
                "start never worked: it was run once and left no guest that runs, so {count} could not begin"
            ),
            (0, _) => format!(
                "start never worked: none of {tried} starts left a guest that runs, so {count} could not begin"
            ),
            _ => format!(
                "{count} could not begin: the agent's own start did not make their guest; {worked} of {tried} starts worked"
            ),
        })
    }
}

/// What to do about starts that never work: the agent may lack a parameter.
pub(super) const HELP: &str =
    "if the agent lacks a parameter, give it by --param NAME=VALUE or in a profile";
