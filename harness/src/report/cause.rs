//! Causes that several cases have in common, so that each is reported once: on the page and in the conformance report all
//! of them, on the console those that have nothing to do with the cases themselves.

use std::collections::BTreeSet;

use super::escape::shown;
use super::event::CaseEnd;
use super::summary::{Summary, cases};
use crate::case::ClauseId;
use crate::history::Exit;
use crate::judge::{Finding, Invariant, Leftover, Origin, Severity, Verdict};
use crate::ocf::Verb;

/// How many cases of a group are named, apart from the one shown.
const NAMED: usize = 8;

/// A reason for not passing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// The agent's own start did not make the guest that the case begins with.
    NotBegun,
    /// Leftovers of these patterns were found.
    LeftBehind(BTreeSet<String>),
    /// A demand was broken by this action, if by any.
    Broken {
        demand: Demand,
        action: Option<Verb>,
    },
}

/// What was broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    /// What must hold in every history.
    Invariant(Invariant),
    /// A demand of a case, by the first clause that it cites.
    Clause(Option<ClauseId>),
    /// That an action ends before its timeout.
    InTime,
}

impl Demand {
    fn of(finding: &Finding) -> Self {
        let exit = finding.accused.as_ref().and_then(|accused| accused.exit);
        match (exit, &finding.origin) {
            (Some(Exit::TimedOut), _) => Self::InTime,
            (_, Origin::Invariant(invariant)) => Self::Invariant(*invariant),
            _ => Self::Clause(finding.clauses.first().cloned()),
        }
    }
}

impl Cause {
    /// The causes of what a verdict says against the agent, each with its finding.
    pub(super) fn all(verdict: &Verdict) -> impl Iterator<Item = (Self, &Finding)> {
        let against =
            |finding: &&Finding| matches!(finding.severity, Severity::Warn | Severity::Fail);
        let findings = verdict.findings.iter().filter(against);
        findings.map(|finding| (Self::of_finding(finding), finding))
    }

    fn of_finding(finding: &Finding) -> Self {
        if finding.is_left_behind() {
            let left = finding.left_behind.iter().map(Leftover::pattern);
            return Self::LeftBehind(left.collect());
        }
        let action = finding
            .accused
            .as_ref()
            .map(|accused| accused.action.clone());
        let demand = Demand::of(finding);
        Self::Broken { demand, action }
    }

    /// The cause of a verdict that has nothing to do with the case itself; none where what was found is the case's own.
    pub(super) fn beside_the_case(verdict: &Verdict) -> Option<Self> {
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
            let cause = Cause::beside_the_case(&end.verdict);
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
