//! Standard error, where Pacemaker takes an agent's messages from.

use std::io::Write;

/// Prints one line. An agent can do nothing about a closed standard error.
pub(crate) fn print(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
