//! `explain`: what a case does, or what a clause demands and which cases decide it.

use std::fmt;
use std::io::Write;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::printed::Printed;
use super::select::Source;
use crate::case::{CaseId, Clause, ClauseId, Level, LoadedCase, Suite};
use crate::judge::Invariant;
use crate::style::{HEADING, styled};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of a case or a clause, such as STOP-06
    what: String,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    printed: Printed,
}

/// The answer to `explain`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Explained<'a> {
    Clause(ExplainedClause<'a>),
    Case(ExplainedCase<'a>),
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ExplainedClause<'a> {
    id: &'a ClauseId,
    #[serde(flatten)]
    clause: &'a Clause,
    /// Whether an invariant judges it in every case.
    every_case: bool,
    cases: Vec<Deciding<'a>>,
}

/// A case that decides a clause.
#[derive(Serialize, JsonSchema)]
struct Deciding<'a> {
    id: &'a CaseId,
    sentence: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ExplainedCase<'a> {
    id: &'a CaseId,
    sentence: &'a str,
    level: Level,
    file: String,
    clauses: Vec<Demanded<'a>>,
    /// The text of the file.
    source: &'a str,
}

/// A clause that a case decides.
#[derive(Serialize, JsonSchema)]
struct Demanded<'a> {
    id: &'a ClauseId,
    text: &'a str,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let explained = explained(&arguments.what, &suite).ok_or_else(|| {
        Failure::usage(format!(
            "`{}` is neither a case nor a clause; `virt-ra-tester list` and `list --clauses` show them",
            arguments.what
        ))
    })?;
    arguments.printed.print(out, &explained)?;
    Ok(Exit::Conforms)
}

/// What is known of a clause or a case; none where there is neither.
fn explained<'a>(what: &str, suite: &'a Suite) -> Option<Explained<'a>> {
    let id = ClauseId(what.to_uppercase());
    if let Some((id, clause)) = suite.register.clauses.get_key_value(&id) {
        let explained = ExplainedClause::of(id, clause, suite);
        return Some(Explained::Clause(explained));
    }
    let wanted = what.trim_start_matches('=');
    let case = suite.case(wanted)?;
    Some(Explained::Case(ExplainedCase::of(case, suite)))
}

impl<'a> ExplainedClause<'a> {
    fn of(id: &'a ClauseId, clause: &'a Clause, suite: &'a Suite) -> Self {
        let deciding = suite
            .cases
            .iter()
            .filter(|case| case.spec.clause.contains(id))
            .map(|case| Deciding {
                id: &case.id,
                sentence: &case.spec.case,
            });
        Self {
            id,
            clause,
            every_case: Invariant::every_clause().contains(id.0.as_str()),
            cases: deciding.collect(),
        }
    }
}

impl<'a> ExplainedCase<'a> {
    fn of(case: &'a LoadedCase, suite: &'a Suite) -> Self {
        let text = |id| {
            let clause = suite.register.find(id);
            clause.map_or("", |clause| clause.text.as_str())
        };
        let clauses = case.spec.clause.iter();
        Self {
            id: &case.id,
            sentence: &case.spec.case,
            level: case.spec.level,
            file: case.file.display().to_string(),
            clauses: clauses.map(|id| Demanded { id, text: text(id) }).collect(),
            source: &case.source,
        }
    }
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clause(clause) => clause.fmt(f),
            Self::Case(case) => case.fmt(f),
        }
    }
}

impl fmt::Display for ExplainedClause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, clause) = (styled(HEADING, &self.id.0), self.clause);
        writeln!(
            f,
            "{id} ({:?}, {:?})\n  {}\n  source: {}",
            clause.level, clause.origin, clause.text, clause.source
        )?;
        if self.cases.is_empty() && !self.every_case {
            return writeln!(f, "  no case yet; needs tier {}", clause.tier);
        }
        writeln!(f, "  decided by:")?;
        if self.every_case {
            writeln!(f, "    every case, by an invariant")?;
        }
        let mut cases = self.cases.iter();
        cases.try_for_each(|case| writeln!(f, "    {}  {}", case.id.0, case.sentence))
    }
}

impl fmt::Display for ExplainedCase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, sentence, file) = (styled(HEADING, &self.id.0), self.sentence, &self.file);
        writeln!(f, "{id}\n  {sentence}\n  {file}")?;
        for Demanded { id, text } in &self.clauses {
            writeln!(f, "  {}: {text}", styled(HEADING, &id.0))?;
        }
        writeln!(f, "\n{}", self.source.trim_end())
    }
}
