//! The tools of engines: what no case has scripted, the stand-in of an engine's tool answers itself.

use std::io;
use std::process::ExitCode;

use super::host::template_file;
use super::{vzctl, xl};

/// Answers a call of an engine's tool.
type Answers = fn(&[String]) -> io::Result<ExitCode>;

/// What answers calls of that tool, where it is the tool of the lab's engine.
pub(super) fn of(tool: &str) -> Option<Answers> {
    let answers: Answers = match tool {
        "xl" => xl::run,
        "vzctl" => vzctl::run,
        _ => return None,
    };
    template_file().exists().then_some(answers)
}
