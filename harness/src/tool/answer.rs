//! What every stand-in is: something that answers calls.

use std::io::{self, Write};
use std::process::ExitCode;

use super::log::Logged;

/// A stand-in for one tool.
pub(super) trait StandIn {
    /// The answer to a call with those arguments; none where the real tool is to answer. `earlier` are the calls that
    /// stand-ins got before.
    ///
    /// # Errors
    /// When the stand-in cannot keep what it must remember.
    fn answer(&mut self, args: &[String], earlier: &[Logged]) -> io::Result<Option<Answer>>;
}

/// What a tool answers to a call.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) exit: u8,
    /// Whether the call never ends.
    pub(super) hangs: bool,
    /// The answer's place in its script, where there is one.
    pub(super) index: Option<usize>,
}

impl Answer {
    /// Prints it; returns the code to exit with, unless the call never ends.
    pub(super) fn give(&self) -> io::Result<ExitCode> {
        io::stdout().write_all(self.stdout.as_bytes())?;
        io::stdout().flush()?;
        io::stderr().write_all(self.stderr.as_bytes())?;
        if self.hangs {
            loop {
                std::thread::park();
            }
        }
        Ok(ExitCode::from(self.exit))
    }
}
