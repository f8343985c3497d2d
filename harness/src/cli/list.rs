//! `list`: the cases, the coverage of the register, or the cases that no faulty agent proves.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::filters::Filters;
use super::printed::Printed;
use super::select::Source;
use crate::case::{CaseId, Clause, ClauseId, Level, LoadedCase, Suite};
use crate::judge::Invariant;
use crate::plan::{CasePattern, Header, Selection};
use crate::report::{self, Covered, coverage};

/// The tiers of the register, as its head comment explains them.
const TIERS: &str = "tiers: T0 metadata, T1 stand-ins for tools, T2 one node, T3 two nodes, T4 crm_simulate, T5 a real cluster";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    filters: Filters,
    /// List the clauses instead, with the cases that decide each, or the tiers that a case would need; not with FILTERS
    #[arg(long, conflicts_with_all = ["filters", "skip", "rerun"])]
    clauses: bool,
    /// List only cases that no faulty agent names as one that catches it
    #[arg(long, conflicts_with = "clauses")]
    unproven: bool,
    /// Folder of the faulty agents for --unproven; defaults to `tests/faulty` of the source tree
    #[arg(long, value_name = "DIR", requires = "unproven")]
    faulty: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    printed: Printed,
}

/// The answer to `list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Cases<'a> {
    cases: Vec<Case<'a>>,
}

/// A case, in every list as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Case<'a> {
    id: &'a CaseId,
    level: Level,
    sentence: &'a str,
    clauses: &'a [ClauseId],
    file: String,
}

/// The answer to `list --clauses`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Clauses<'a> {
    clauses: Vec<Decided<'a>>,
    /// How many of them a case decides.
    decided: usize,
}

#[derive(Serialize, JsonSchema)]
struct Decided<'a> {
    id: &'a ClauseId,
    #[serde(flatten)]
    clause: Option<&'a Clause>,
    cases: &'a [CaseId],
    every_case: bool,
    #[serde(skip)]
    covered: &'a Covered,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    if arguments.clauses {
        clauses(arguments, &suite, out)?;
        return Ok(Exit::Conforms);
    }
    let named = match arguments.unproven {
        true => named_by_faulty_ones(&faulty_agents(arguments.faulty.as_deref())?)?,
        false => Vec::new(),
    };
    let wanted = arguments.filters.add_to(Selection::default(), &suite)?;
    let proven = |id: &CaseId| named.iter().any(|pattern| pattern.fits(id));
    let asked = |case: &LoadedCase| wanted.asks_for(case) && !proven(&case.id);
    let asked = suite.cases.iter().filter(|case| asked(case));
    let cases = asked.map(Case::of).collect();
    arguments.printed.print(out, &Cases { cases })?;
    Ok(Exit::Conforms)
}

fn clauses(arguments: &Arguments, suite: &Suite, out: &mut impl Write) -> io::Result<()> {
    let register = suite
        .register
        .clauses
        .iter()
        .map(|(id, clause)| (id, clause.tier.to_string()));
    let cases = suite
        .cases
        .iter()
        .map(|case| (&case.id, case.spec.clause.as_slice()));
    let covered = coverage(register, cases, &Invariant::every_clause());
    let decided = covered.iter().map(|covered| Decided {
        id: &covered.clause,
        clause: suite.register.find(&covered.clause),
        cases: &covered.cases,
        every_case: covered.always,
        covered,
    });
    let answer = Clauses {
        clauses: decided.collect(),
        decided: covered.iter().filter(|clause| clause.is_decided()).count(),
    };
    arguments.printed.print(out, &answer)
}

impl fmt::Display for Clauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (decided, all) = (self.decided, self.clauses.len());
        let mut clauses = self.clauses.iter();
        clauses.try_for_each(|clause| writeln!(f, "{}", clause.covered))?;
        writeln!(
            f,
            "{decided} of {all} clauses are decided by a case\n{TIERS}"
        )
    }
}

impl<'a> Case<'a> {
    pub(super) fn of(case: &'a LoadedCase) -> Self {
        Self {
            id: &case.id,
            level: case.spec.level,
            sentence: &case.spec.case,
            clauses: &case.spec.clause,
            file: case.file.display().to_string(),
        }
    }
}

impl fmt::Display for Cases<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.cases.iter().map(|case| case.id.0.len()).max();
        let width = width.unwrap_or(0);
        for case in &self.cases {
            let level = format!("{:?}", case.level).to_lowercase();
            writeln!(f, "{:width$}  {level:6}  {}", case.id.0, case.sentence)?;
        }
        writeln!(f, "{}", report::cases(self.cases.len()))
    }
}

/// The folder of the faulty agents: the given one, or that of the source tree.
fn faulty_agents(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faulty");
    let folder = asked.map_or(own, Path::to_owned);
    if folder.is_dir() {
        return Ok(folder);
    }
    let place = folder.display();
    Err(Failure::usage(format!(
        "there are no faulty agents in {place}; name their folder with --faulty DIR"
    )))
}

/// The cases that all faulty agents in a folder, and faulty schedulers in a folder of it, name as ones that must catch them.
fn named_by_faulty_ones(folder: &Path) -> Result<Vec<CasePattern>, Failure> {
    let unreadable = |error: io::Error| {
        let place = folder.display();
        Failure::usage(format!("cannot read the faulty agents in {place}: {error}"))
    };
    let mut named = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            named.extend(named_by_faulty_ones(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "sh") {
            let text = fs::read_to_string(&path).map_err(unreadable)?;
            let header = Header::parse(&text)
                .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))?;
            named.extend(header.cases("caught by"));
        }
    }
    Ok(named)
}
