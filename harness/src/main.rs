//! The command `virt-ra-tester`.

use std::process::ExitCode;

use virt_ra_tester::{cli, cluster_call, lab, tool};

fn main() -> ExitCode {
    // The same program is the first process of each node, the stand-in for tools in it, and what a cluster calls there.
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    if let Some(exit) = tool::dispatch(words) {
        return exit;
    }
    if let Some(exit) = cluster_call::dispatch(std::env::args_os()) {
        return exit;
    }
    if let Some(exit) = lab::dispatch(std::env::args_os().skip(1)) {
        return exit;
    }
    cli::main().into()
}
