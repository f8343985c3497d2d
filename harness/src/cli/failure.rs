//! Errors that end a command, and how they are printed.

use std::io;

use super::exit::Exit;
use crate::lab::LabError;

/// An error that ends the command: its message for people, and the exit code.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) message: String,
}

impl Failure {
    /// Wrong usage or invalid input.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    /// The lab or the machine failed.
    pub(super) fn inconclusive(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Inconclusive,
            message: message.into(),
        }
    }

    /// The lab failed; where it did not come up, with what shows why.
    pub(super) fn of_lab(error: &LabError) -> Self {
        Self::inconclusive(match error {
            LabError::NotUp { .. } => {
                format!("{error}\n  help: `--log debug` shows each step of its start")
            }
            _ => error.to_string(),
        })
    }
}

impl From<LabError> for Failure {
    fn from(error: LabError) -> Self {
        Self::of_lab(&error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // The reader has closed the pipe, as in `list | head`: print nothing. The exit code stays one that nobody
            // can mistake for a verdict.
            return Self::inconclusive("");
        }
        Self::inconclusive(format!("cannot write the output: {error}"))
    }
}

/// An error with its help, and with the text that it points into, if any.
pub(super) fn render(error: &dyn miette::Diagnostic) -> String {
    if error.source_code().is_some() {
        return format!("1 mistake\n{}", graphical(error));
    }
    let mut text = error.to_string();
    if let Some(help) = error.help() {
        text.push_str(&format!("\n  help: {help}"));
    }
    text
}

/// An error with the text that it points into.
pub(super) fn graphical(error: &dyn miette::Diagnostic) -> String {
    let theme = miette::GraphicalTheme::unicode();
    let mut text = String::new();
    match miette::GraphicalReportHandler::new_themed(theme).render_report(&mut text, error) {
        Ok(()) => text,
        Err(_) => error.to_string(),
    }
}
