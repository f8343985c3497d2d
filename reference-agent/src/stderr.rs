//! Standard error, where Pacemaker takes an agent's messages from.

use std::io::Write;

/// Prints one line. That standard error may be closed is nothing that an agent could mend.
pub(crate) fn print(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
