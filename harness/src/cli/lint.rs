//! `lint`: checks case files without running them.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::printed::Printed;
use super::select::render_all;
use crate::case::{CaseError, Suite, load_suite};
use crate::report;
use crate::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Case files or folders of them; defaults to the built-in suite
    paths: Vec<PathBuf>,
    #[command(flatten)]
    printed: Printed,
}

/// The answer to `lint`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Linted {
    /// How many cases have no mistake.
    cases: usize,
    mistakes: Vec<Wrong>,
}

/// A mistake; the line is missing where a file cannot be read at all.
#[derive(Serialize, JsonSchema)]
struct Wrong {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
    label: Option<String>,
    help: Option<String>,
}

impl From<&CaseError> for Wrong {
    fn from(error: &CaseError) -> Self {
        let (mistake, path) = match error {
            CaseError::Mistake(mistake) => (Some(mistake), mistake.path()),
            CaseError::Unreadable { path, .. }
            | CaseError::TooBig { path, .. }
            | CaseError::NoCases { path } => (None, path.as_path()),
        };
        let span = mistake.map(|mistake| mistake.span());
        Self {
            file: path.display().to_string(),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            message: error.to_string(),
            label: mistake.map(|mistake| mistake.label().to_owned()),
            help: error.help().map(|help| help.to_string()),
        }
    }
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suites = if arguments.paths.is_empty() {
        vec![Suite::shipped_and_linted()]
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
    if !errors.is_empty() && !arguments.printed.is_json() {
        return Err(Failure::usage(render_all(&errors)));
    }
    let mistakes = errors.iter().map(Wrong::from).collect();
    let linted = Linted { cases, mistakes };
    arguments.printed.print(out, &linted)?;
    Ok(match errors.is_empty() {
        true => Exit::Conforms,
        false => Exit::Usage,
    })
}

impl fmt::Display for Linted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases = report::cases(self.cases);
        writeln!(f, "{}", styled(GOOD, format!("{cases}, no mistakes")))
    }
}
