//! `lint`: checks case files without running them.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::select::render_all;
use crate::case::{Suite, load_suite};
use crate::report;
use crate::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Case files or folders of them; defaults to the built-in suite
    paths: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suites = if arguments.paths.is_empty() {
        vec![Suite::shipped()]
    } else {
        arguments
            .paths
            .iter()
            .map(|path| load_suite(path))
            .collect()
    };
    let (mut cases, mut errors) = (0, Vec::new());
    for suite in suites {
        match suite {
            Ok(suite) => cases += suite.cases.len(),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(Failure::usage(render_all(&errors)));
    }
    let cases = report::cases(cases);
    writeln!(out, "{}", styled(GOOD, format!("{cases}, no mistakes")))?;
    Ok(Exit::Conforms)
}
