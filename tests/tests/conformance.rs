//! The suite under `cargo test` and `cargo nextest run`: one case, one test, against the agent that variables choose as for
//! `virt-ra-tester run`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    // This program stands in a folder below the one with the binaries of the workspace.
    let own = std::env::current_exe().unwrap_or_default();
    let binaries: PathBuf = own
        .ancestors()
        .nth(2)
        .map(PathBuf::from)
        .unwrap_or_default();
    virt_ra_tester::suite::under_cargo(&binaries)
}
