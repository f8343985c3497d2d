//! Vagrant's machines, by the script that brings them up and down.

use std::path::{Path, PathBuf};

use super::failure::Failure;

/// The script, in a checkout of the project.
const SCRIPT: &str = "vagrant/lab";

/// The inventory of the machines, which must be up.
///
/// # Errors
/// When the script fails.
pub(super) fn inventory() -> Result<PathBuf, Failure> {
    let path = duct::cmd!(SCRIPT, "inventory").read();
    let path = path.map_err(|error| Failure::inconclusive(error.to_string()))?;
    Ok(PathBuf::from(path))
}

/// Runs the script, whose own messages go to standard error.
///
/// # Errors
/// When there is no script, or it fails.
pub(super) fn call(arguments: &[&str]) -> Result<(), Failure> {
    // A program may read standard output.
    if succeeds(&script(arguments)?.stdout_to_stderr())? {
        return Ok(());
    }
    Err(Failure::inconclusive(format!(
        "`{SCRIPT} {}` failed; see its messages above",
        arguments.join(" ")
    )))
}

/// Prints whether Vagrant's machines are up. That they are down is no error.
///
/// # Errors
/// When there is no script, or it cannot be run.
pub(super) fn status() -> Result<(), Failure> {
    succeeds(&script(&["status"])?).map(drop)
}

/// Opens a shell on one of Vagrant's machines, and ignores its exit code.
///
/// # Errors
/// When there is no script, it cannot be run, or the machines are not up.
pub(super) fn shell(node: &str) -> Result<(), Failure> {
    if !succeeds(&script(&["status"])?.stdout_null().stderr_null())? {
        return Err(Failure::inconclusive(
            "Vagrant's machines are down; start them with `virt-ra-tester lab up --lab vagrant`",
        ));
    }
    succeeds(&script(&["shell", node])?).map(drop)
}

fn script(arguments: &[&str]) -> Result<duct::Expression, Failure> {
    if Path::new(SCRIPT).exists() {
        return Ok(duct::cmd(SCRIPT, arguments));
    }
    Err(Failure::usage(format!(
        "there is no {SCRIPT} in this folder; run this in a checkout of the project, or name machines that are already \
         up with `--lab ssh:INVENTORY`"
    )))
}

fn succeeds(call: &duct::Expression) -> Result<bool, Failure> {
    let done = call.unchecked().run();
    done.map(|done| done.status.success())
        .map_err(|error| Failure::inconclusive(format!("cannot run {SCRIPT}: {error}")))
}
