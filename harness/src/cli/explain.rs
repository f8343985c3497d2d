//! `explain`: what a case does, or what a clause demands and which cases decide it.

use std::io::Write;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::select::Source;
use crate::case::{Clause, ClauseId, LoadedCase, Suite};
use crate::judge::Invariant;
use crate::style::{HEADING, styled};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of a case or a clause, such as STOP-06
    what: String,
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let id = ClauseId(arguments.what.to_uppercase());
    if let Some(clause) = suite.register.find(&id) {
        explain_clause(&id, clause, &suite, out)?;
        return Ok(Exit::Conforms);
    }
    let wanted = arguments.what.trim_start_matches('=');
    let Some(case) = suite.cases.iter().find(|case| case.id.0 == wanted) else {
        return Err(Failure::usage(format!(
            "`{}` is neither a case nor a clause; `virt-ra-tester list` and `list --clauses` show them",
            arguments.what
        )));
    };
    explain_case(case, &suite, out)?;
    Ok(Exit::Conforms)
}

fn explain_clause(
    id: &ClauseId,
    clause: &Clause,
    suite: &Suite,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{} ({:?}, {:?})\n  {}\n  source: {}",
        styled(HEADING, &id.0),
        clause.level,
        clause.origin,
        clause.text,
        clause.source
    )?;
    let deciding: Vec<_> = suite
        .cases
        .iter()
        .filter(|case| case.spec.clause.contains(id))
        .collect();
    let always = Invariant::every_clause().contains(id.0.as_str());
    if deciding.is_empty() && !always {
        return writeln!(out, "  no case yet; needs tier {}", clause.tier);
    }
    writeln!(out, "  decided by:")?;
    if always {
        writeln!(out, "    every case, by an invariant")?;
    }
    deciding
        .iter()
        .try_for_each(|case| writeln!(out, "    {}  {}", case.id.0, case.spec.case))
}

fn explain_case(case: &LoadedCase, suite: &Suite, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{}\n  {}\n  {}",
        styled(HEADING, &case.id.0),
        case.spec.case,
        case.file.display()
    )?;
    for id in &case.spec.clause {
        let text = suite
            .register
            .find(id)
            .map_or("", |clause| clause.text.as_str());
        writeln!(out, "  {}: {text}", styled(HEADING, &id.0))?;
    }
    writeln!(out, "\n{}", case.source.trim_end())
}
