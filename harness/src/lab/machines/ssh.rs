//! OpenSSH's client, called as a program.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::error::LabError;
use crate::lab::inventory::{Host, Inventory};
use crate::shell_quote::quote_all;

/// No question is asked, a silent peer is noticed, and a socket left over from before is taken over.
const OPTIONS: [&str; 6] = [
    "BatchMode=yes",
    "ConnectTimeout=30",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=4",
    "StreamLocalBindUnlink=yes",
    "ExitOnForwardFailure=yes",
];

/// ssh's own exit code when it has not come to run anything.
const NOT_CONNECTED: i32 = 255;

/// A call of ssh to a machine; what it is to run there is still to be added.
pub(super) fn ssh(inventory: &Inventory, before_host: &[String], host: &Host) -> Command {
    let mut command = Command::new("ssh");
    if let Some(config) = &inventory.ssh_config {
        command.arg("-F").arg(config);
    }
    // ssh takes the first value of each that it is told.
    command.args(before_host);
    for option in OPTIONS {
        command.args(["-o", option]);
    }
    command.arg(&host.host).arg("--");
    // Away from the terminal's group: an interrupt is the harness's to handle.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Runs a script of sh on a machine, with that file as its standard input; what it prints.
///
/// # Errors
/// When the machine is not reached, or the script fails.
pub(super) fn script(
    inventory: &Inventory,
    host: &Host,
    script: &str,
    input: Option<&Path>,
) -> Result<String, LabError> {
    let failed = |why| host.trouble(why);
    let input = match input {
        Some(path) => std::fs::File::open(path)
            .map_err(|error| failed(format!("cannot read {}: {error}", path.display())))?
            .into(),
        None => Stdio::null(),
    };
    let done = ssh(inventory, &[], host)
        .arg(quote_all(["sh", "-c", script]))
        .stdin(input)
        .output()
        .map_err(|error| failed(format!("cannot run ssh: {error}; install OpenSSH's client")))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(match done.status.code() {
        Some(NOT_CONNECTED) => unreached(host, &said),
        _ => failed(format!("a command of the suite failed there: {said}")),
    })
}

/// That ssh did not get to a machine, by its own words.
pub(super) fn unreached(host: &Host, said: &str) -> LabError {
    let name = &host.host;
    let why = |help| format!("ssh does not reach it: {said}; {help}: `ssh {name} true`");
    if said.contains("Permission denied") {
        host.trouble(why("its key must let this user in without a question"))
    } else {
        LabError::Unreached {
            host: name.clone(),
            why: why("the machine must be up, and this must work without a question"),
        }
    }
}
