//! A machine's power, cut and given back by the inventory's own commands.
//!
//! A machine has lost its power when the command succeeded and ssh gets no answer; from then on nothing runs there,
//! which is no error. When power is back the node is raised anew in the same lab, without its bystander and without
//! what lay in the node's own folders, which are in memory. The lab is thrown away after the case. A machine that does
//! not answer when a lab is raised is given power first, since a run that was killed may have left it without.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::ssh::ssh;
use crate::lab::error::LabError;
use crate::lab::inventory::{Host, Inventory, Power};

/// How long a command of the inventory may take: one that gives power back may wait until the machine has booted.
const PATIENCE: Duration = Duration::from_secs(600);

/// How long a machine without power may seem to answer.
const FADING: Duration = Duration::from_secs(30);

/// How long a machine may take to answer whether it is there.
const ANSWERING: &str = "ConnectTimeout=5";

/// Cuts a machine's power, and waits until it does not answer any more.
///
/// # Errors
/// When the command fails, or the machine answers all the same.
pub(super) fn cut(inventory: &Inventory, power: &Power, host: &Host) -> Result<(), LabError> {
    run(inventory, &power.cut, host)?;
    let deadline = Instant::now() + FADING;
    while answers(inventory, host) {
        if Instant::now() > deadline {
            let why = format!(
                "its power was cut by `{}`, and it answers all the same",
                power.cut
            );
            return Err(host.trouble(why));
        }
    }
    Ok(())
}

/// Gives a machine its power; it then boots.
///
/// # Errors
/// When the command fails.
pub(super) fn restore(inventory: &Inventory, power: &Power, host: &Host) -> Result<(), LabError> {
    run(inventory, &power.restore, host)
}

fn run(inventory: &Inventory, command: &str, host: &Host) -> Result<(), LabError> {
    let running = duct::cmd!("sh", "-c", command)
        .dir(&inventory.folder)
        .env("host", &host.host)
        .stdin_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .start()
        .map_err(|error| host.trouble(format!("cannot run sh: {error}")))?;
    let done = running
        .wait_timeout(PATIENCE)
        .map_err(|error| host.trouble(error.to_string()))?;
    let Some(done) = done else {
        let _ = running.kill();
        let why = format!("`{command}` takes more than {} s", PATIENCE.as_secs());
        return Err(host.trouble(why));
    };
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    let why = format!("`{command}` of its inventory failed: {}", said.trim());
    Err(host.trouble(why))
}

/// Whether it lets anybody in.
fn answers(inventory: &Inventory, host: &Host) -> bool {
    let soon = ["-o".to_owned(), ANSWERING.to_owned()];
    let mut call: Command = ssh(inventory, &soon, host);
    let done = call
        .arg("true")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.is_ok_and(|status| status.success())
}
