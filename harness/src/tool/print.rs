use std::io::{self, Write};

/// Prints a line on standard error.
pub(super) fn complain(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}

/// Prints a line on standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
