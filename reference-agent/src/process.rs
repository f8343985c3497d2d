//! This process: how it was called, what it prints, and how it ends.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

use crate::libvirt;
use crate::ocf::Failure;
use crate::stderr;

/// How an action ended: the number to exit with, and why where that is no success.
pub(crate) type Ended = Result<i32, (i32, Failure)>;

/// Does the work, says on stderr why it failed, behind `prefix`, and ends the process.
pub(crate) fn end_with(prefix: &str, work: fn() -> Ended) -> ! {
    // A panic must neither print a backtrace nor end the process with 101, a code OCF doesn't know.
    panic::set_hook(Box::new(|_| {}));
    let ended = panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let failure = Failure::generic("internal error of the agent: a panic was caught");
        Err((failure.code.number(), failure))
    });
    let number = ended.unwrap_or_else(|(number, failure)| {
        stderr::print(&format!("{prefix}{}", failure.one_line()));
        number
    });
    // Not a return: threads that hang inside libvirt are left behind on purpose.
    libvirt::exit_now(number);
}

/// The name of the file that was called: a package may install the agent under another one.
pub(crate) fn file_name() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&called).file_name();
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// Prints a document on stdout, the only thing this agent ever prints there.
///
/// # Errors
/// When it can't be written.
pub(crate) fn show(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::generic(format!("stdout can't be written: {error}")))
}
