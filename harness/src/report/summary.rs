use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{CaseEnd, Event, RunStart};
use super::identity::Chosen;
use crate::case::CaseId;
use crate::judge::Severity;

/// How many names of failed cases the command to run them again holds at most.
const NAMES: usize = 10;

/// What a run came to, gathered from its events.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How the run began.
    pub start: RunStart,
    /// Every case that was judged, in the order of its end.
    pub ended: Vec<CaseEnd>,
    /// Whether the user stopped the run.
    pub interrupted: bool,
    /// When it ended, as RFC 3339 has it.
    pub over: Option<String>,
    /// Milliseconds it took.
    pub took: u64,
    /// Milliseconds that all labs together took to start and to be reset.
    pub preparing: u64,
    /// Where the results lie.
    pub results: Option<String>,
}

/// How many cases came to what; known deviations count for themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Every demand met.
    pub pass: usize,
    /// A `should` not met.
    pub warn: usize,
    /// The lab or the harness failed.
    pub unknown: usize,
    /// A `must` not met.
    pub fail: usize,
    /// Not conforming, known and tolerated.
    pub known: usize,
    /// Not run.
    pub skipped: usize,
}

/// The one answer of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Every `must` that was judged is met.
    Conforms,
    /// A `must` is not met.
    DoesNotConform,
    /// The lab failed, and nothing is proven against the agent.
    Inconclusive,
    /// No case ran.
    NothingRan,
    /// The user stopped the run before it was through.
    Interrupted,
}

impl Summary {
    /// Takes an event in.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => self.start = start.clone(),
            Event::CaseEnded(end) => self.ended.push((**end).clone()),
            Event::Interrupted => self.interrupted = true,
            Event::RunEnded {
                took,
                preparing,
                results,
                ended,
                ..
            } => {
                self.over.clone_from(ended);
                self.took = *took;
                self.preparing = *preparing;
                self.results.clone_from(results);
            }
            Event::CaseStarted { .. } | Event::StepBegan { .. } => {}
        }
    }

    /// The counts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally {
            skipped: self.start.skipped.len(),
            ..Tally::default()
        };
        for end in &self.ended {
            let count = match end.verdict.severity {
                _ if end.known.is_some() => &mut tally.known,
                Severity::Pass => &mut tally.pass,
                Severity::Warn => &mut tally.warn,
                Severity::Unknown => &mut tally.unknown,
                Severity::Fail => &mut tally.fail,
            };
            *count += 1;
        }
        tally
    }

    /// The run as if it had been asked for the cases alone that are wanted, by what each came to; none was not run.
    #[must_use]
    pub fn only(&self, is_wanted: impl Fn(&CaseId, Option<Severity>) -> bool) -> Self {
        let mut only = self.clone();
        { &mut only.ended }.retain(|end| is_wanted(&end.verdict.case, Some(end.verdict.severity)));
        let start = &mut only.start;
        start.skipped.retain(|skip| is_wanted(&skip.id, None));
        let left_out = self.ended.len() - only.ended.len();
        start.total = start.total.saturating_sub(left_out);
        let kinds = start.skipped.iter().map(|skip| skip.kind);
        let total = start.identity.chosen.total;
        start.identity.chosen = Chosen::of(total, only.ended.len(), kinds);
        only
    }

    /// The one answer.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let tally = self.tally();
        if self.interrupted {
            Conclusion::Interrupted
        } else if tally.fail > 0 {
            Conclusion::DoesNotConform
        } else if tally.unknown > 0 {
            Conclusion::Inconclusive
        } else if self.ended.is_empty() {
            Conclusion::NothingRan
        } else {
            Conclusion::Conforms
        }
    }

    /// The conclusion as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (agent, tally) = (self.start.whom(), self.tally());
        match self.conclusion() {
            Conclusion::Conforms => {
                let warned = match tally.warn {
                    0 => String::new(),
                    warned => format!(", with {} to look at", cases(warned)),
                };
                format!("{agent} conforms{warned}{}.", self.left_out())
            }
            Conclusion::DoesNotConform => {
                let failed = cases(tally.fail);
                let begun = match self.hindered() {
                    0 => String::new(),
                    hindered => format!(", and {} could not begin", cases(hindered)),
                };
                format!("{agent} does not conform: {failed} failed{begun}.")
            }
            Conclusion::Inconclusive => self.inconclusive(tally.unknown),
            Conclusion::NothingRan => "No case ran.".to_owned(),
            Conclusion::Interrupted => {
                let missing = self.start.total.saturating_sub(self.ended.len());
                match missing {
                    0 => "Interrupted after all cases had finished.".to_owned(),
                    more => format!("Interrupted: {} did not run to the end.", cases(more)),
                }
            }
        }
    }

    /// What qualifies the word of a run that was not asked for every case.
    fn left_out(&self) -> String {
        match self.start.identity.chosen.skipped.filtered {
            0 => String::new(),
            more => format!(" in what was tried; left out: {}", cases(more)),
        }
    }

    /// How many cases could not begin.
    fn hindered(&self) -> usize {
        let group = self.not_begun();
        group.map_or(0, |group| group.others.len() + 1)
    }

    /// Whose fault it is that nothing is proven.
    fn inconclusive(&self, unknown: usize) -> String {
        let hindered = self.hindered();
        let lab = unknown.saturating_sub(hindered);
        let starts = "could not begin, since the agent's own start did not make their guest";
        match (lab, hindered) {
            (_, 0) => format!(
                "Inconclusive: the lab failed in {}; the agent is not to blame.",
                cases(lab)
            ),
            (0, _) => format!("Inconclusive: {} {starts}.", cases(hindered)),
            _ => format!(
                "Inconclusive: {} {starts}; the lab failed in {}, for which the agent is not to blame.",
                cases(hindered),
                cases(lab)
            ),
        }
    }

    /// The counts and the time as a line.
    #[must_use]
    pub fn counts(&self) -> String {
        let tally = self.tally();
        format!(
            "{} passed, {} warned, {} unknown, {} failed, {} known, {} skipped in {}",
            tally.pass,
            tally.warn,
            tally.unknown,
            tally.fail,
            tally.known,
            tally.skipped,
            crate::history::seconds(self.took)
        )
    }

    /// The command that runs again what failed or is unknown; none when nothing is.
    #[must_use]
    pub fn again(&self) -> Option<String> {
        let wrong: Vec<_> = self
            .of(Severity::Fail)
            .chain(self.of(Severity::Unknown))
            .collect();
        let names: Vec<_> = wrong
            .iter()
            .take(NAMES)
            .map(|end| format!("={}", end.verdict.case.0))
            .collect();
        let more = match wrong.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!("  # and {more} more, listed in the results"),
        };
        let command = || format!("{} {}{more}", self.start.again, names.join(" "));
        (!names.is_empty() && !self.start.again.is_empty()).then(command)
    }

    /// Skipped cases, counted by reason.
    #[must_use]
    pub fn skips(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for skip in &self.start.skipped {
            *reasons.entry(skip.reason.as_str()).or_default() += 1;
        }
        reasons
    }

    /// Judged cases of that severity that are no known deviations.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &CaseEnd> {
        self.ended
            .iter()
            .filter(move |end| end.known.is_none() && end.verdict.severity == severity)
    }
}

/// A number of cases in words: `1 case`, `2 cases`.
pub(crate) fn cases(count: usize) -> String {
    if count == 1 {
        "1 case".to_owned()
    } else {
        format!("{count} cases")
    }
}
