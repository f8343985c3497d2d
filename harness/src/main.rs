//! The command `virt-ra-tester`.

use std::process::ExitCode;

use virt_ra_tester::{cli, lab, tool};

fn main() -> ExitCode {
    // The same program is the first process of each node, and the stand-in for tools in it.
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    if let Some(exit) = tool::dispatch(words) {
        return exit;
    }
    if let Some(exit) = lab::dispatch(std::env::args_os().skip(1)) {
        return exit;
    }
    cli::main().into()
}
