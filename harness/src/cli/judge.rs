//! `judge`: judges a finished run again, from its histories alone.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::failure::{Failure, render};
use super::printed::Printed;
use super::select::{KnownDeviations, Source};
use crate::case::{CaseId, Suite};
use crate::judge::{AgentFacts, Known, Severity, Verdict, judge};
use crate::plan::Profile;
use crate::report::{self, Kept, Recorded, RecordedCase, RecordedError};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run's results
    run: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Profile of the run, if it was not a built-in one
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    #[command(flatten)]
    baseline: KnownDeviations,
    #[command(flatten)]
    printed: Printed,
}

/// The answer to `judge`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Judged {
    agent: String,
    profile: String,
    cases: Vec<JudgedCase>,
    /// Cases that passed and whose histories were not kept, so that nobody can judge them again.
    unkept: Vec<CaseId>,
}

#[derive(Serialize, JsonSchema)]
struct JudgedCase {
    id: CaseId,
    /// What it came to in the run.
    was: Severity,
    /// What it comes to now; none where the suite has no such case.
    verdict: Option<Verdict>,
    /// Whether known deviations cover every finding.
    known: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let unreadable = |error: RecordedError| Failure::usage(error.to_string());
    let recorded = Recorded::open(&arguments.run).map_err(unreadable)?;
    let profile = arguments.profile.as_ref().unwrap_or(&recorded.run.profile);
    let mut profile = Profile::named(profile).map_err(|error| Failure::usage(render(&error)))?;
    arguments.baseline.add_to(&mut profile, &suite)?;
    let facts = AgentFacts::of(&profile).for_agent(&recorded.run.agent);
    let mut answer = Judged {
        agent: recorded.run.agent.clone(),
        profile: profile.name.clone(),
        cases: Vec::new(),
        unkept: Vec::new(),
    };
    for kept in recorded.cases() {
        match kept.map_err(unreadable)? {
            Kept::Whole(case) => {
                let case = JudgedCase::of(&case, &suite, &profile, &facts);
                answer.cases.push(case);
            }
            Kept::Verdict(verdict) => answer.unkept.push(verdict.case),
        }
    }
    answer.cases.sort_by(|one, other| one.id.cmp(&other.id));
    answer.unkept.sort();
    arguments.printed.print(out, &answer)?;
    let passed = answer.unkept.iter().map(|_| Severity::Pass);
    let judged = answer.cases.iter().filter_map(JudgedCase::counts_as);
    let worst = judged.chain(passed).max();
    Ok(worst.map_or(Exit::NothingSelected, Exit::of))
}

impl JudgedCase {
    fn of(entry: &RecordedCase, suite: &Suite, profile: &Profile, facts: &AgentFacts) -> Self {
        let case = suite.case(&entry.id.0);
        let verdict = case.map(|case| judge(&case.id, &case.spec, &entry.history, facts));
        let known = verdict.as_ref().is_some_and(|verdict| {
            matches!(Known::of(verdict, &profile.deviations), Known::Yes(_))
        });
        Self {
            id: entry.id.clone(),
            was: entry.verdict.severity,
            verdict,
            known,
        }
    }

    /// Known deviations don't fail a run.
    fn counts_as(&self) -> Option<Severity> {
        let severity = self.verdict.as_ref()?.severity;
        Some(match self.known {
            true => Severity::Pass,
            false => severity,
        })
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cases.iter().try_for_each(|case| case.fmt(f))?;
        match self.unkept.len() {
            0 => Ok(()),
            unkept => writeln!(
                f,
                "{} passed and kept no history (--evidence failed): not judged again",
                report::cases(unkept)
            ),
        }
    }
}

impl fmt::Display for JudgedCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, was) = (&self.id.0, self.was);
        match self.verdict.as_ref().map(|verdict| verdict.severity) {
            None => writeln!(f, "gone     {id}  (the suite has no such case)"),
            Some(now) if now == was => writeln!(f, "{now:8} {id}"),
            Some(now) => writeln!(f, "{now:8} {id}  (was {was})"),
        }
    }
}
