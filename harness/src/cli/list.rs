//! `list`: the cases, the coverage of the register, or the cases that no faulty agent proves.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::filters::Filters;
use super::select::Source;
use crate::case::{CaseId, LoadedCase, Suite};
use crate::judge::Invariant;
use crate::plan::{CasePattern, Header, Selection};
use crate::report::{self, coverage};

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
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    if arguments.clauses {
        clauses(&suite, out)?;
        return Ok(Exit::Conforms);
    }
    let named = match arguments.unproven {
        true => named_by_faulty_ones(&faulty_agents(arguments.faulty.as_deref())?)?,
        false => Vec::new(),
    };
    let wanted = arguments.filters.add_to(Selection::default(), &suite)?;
    let proven = |id: &CaseId| named.iter().any(|pattern| pattern.fits(id));
    let asked = |case: &LoadedCase| wanted.asks_for(case) && !proven(&case.id);
    cases(&suite, asked, out)?;
    Ok(Exit::Conforms)
}

fn clauses(suite: &Suite, out: &mut impl Write) -> io::Result<()> {
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
    covered
        .iter()
        .try_for_each(|clause| writeln!(out, "{clause}"))?;
    let decided = covered.iter().filter(|clause| clause.is_decided()).count();
    writeln!(
        out,
        "{decided} of {} clauses are decided by a case\n{TIERS}",
        covered.len()
    )
}

fn cases(
    suite: &Suite,
    asked: impl Fn(&LoadedCase) -> bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let chosen: Vec<_> = suite.cases.iter().filter(|case| asked(case)).collect();
    let width = chosen.iter().map(|case| case.id.0.len()).max().unwrap_or(0);
    for case in &chosen {
        let level = format!("{:?}", case.spec.level).to_lowercase();
        writeln!(out, "{:width$}  {level:6}  {}", case.id.0, case.spec.case)?;
    }
    writeln!(out, "{}", report::cases(chosen.len()))
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
