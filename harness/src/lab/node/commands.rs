use std::path::{Path, PathBuf};

use crate::lab::command::{Command, Running};
use crate::lab::error::LabError;

/// Commands in a node.
pub trait CommandRunner {
    /// Starts a command.
    ///
    /// # Errors
    /// When it cannot be executed.
    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError>;

    /// The command that runs what is added to it in the node, on a terminal: a shell for people, say.
    fn enter(&self) -> std::process::Command;

    /// Where a file of the harness's machine lies for commands of the node: elsewhere if it was brought there.
    fn place_of(&self, file: &Path) -> PathBuf {
        file.to_owned()
    }
}
