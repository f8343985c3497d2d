//! `status`, `start` and `stop`.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use virt::domain::Domain;

use super::container::{Container, Kernel};
use super::failed::{Failed, NOT_CREATED, NOT_STOPPED, RUNNING, failed};
use crate::tool::host::template_file;
use crate::tool::pass_on::pass_on;
use crate::tool::print::print;

/// How long a container that was asked to halt may take before it is killed. Source: `env.c`, DEF_STOP_TIMEOUT.
const HALT: Duration = Duration::from_secs(120);

/// How long one that was killed may take to be gone.
const KILL: Duration = Duration::from_secs(60);

/// How often it is looked whether one is gone.
const INTERVAL: Duration = Duration::from_millis(200);

/// `status`: whether the node knows the container, has its file system mounted and runs it, in one line.
pub(super) fn status(kernel: &Kernel, id: u32) -> Result<(), Failed> {
    let container = kernel.find(id)?;
    let runs = { container.as_ref() }.is_some_and(|container| container.guest().is_some());
    let is_dumped = { container.as_ref() }.is_some_and(|container| container.dump().exists());
    let exists = ["deleted", "exist"][usize::from(container.is_some())];
    let (mounted, state) = match runs {
        true => ("mounted", "running"),
        false => ("unmounted", "down"),
    };
    let more = if is_dumped && !runs { " suspended" } else { "" };
    Ok(print(&format!(
        "CTID {id} {exists} {mounted} {state}{more}"
    ))?)
}

/// `start`. What a checkpoint kept is of no use afterwards, and is removed.
pub(super) fn start(container: &Container<'_>) -> Result<(), Failed> {
    if container.guest().is_some() {
        return failed(RUNNING, "Container is already running");
    }
    print("Starting container...")?;
    let definition = fs::read_to_string(template_file())?;
    let libvirt = container.kernel.libvirt();
    if let Err(error) = libvirt.create_domain_xml(&definition, 0) {
        let text = format!(
            "{}\nContainer start failed (try to check kernel messages, e.g. \"dmesg | tail\")",
            error.message()
        );
        return failed(NOT_CREATED, text);
    }
    print("Container start in progress...")?;
    let _ = fs::remove_file(container.dump());
    Ok(())
}

/// `stop`: asks the container to halt and kills it if it does not, or kills it at once.
pub(super) fn stop(container: &Container<'_>, at_once: bool) -> Result<(), Failed> {
    let Some(guest) = container.guest() else {
        return failed(0, "Unable to stop: container is not running");
    };
    if !at_once {
        print("Stopping container ...")?;
        pass_on(guest, Domain::shutdown);
    }
    if at_once || !is_gone(container, HALT) {
        print("Killing container ...")?;
        let guest = container.guest();
        guest
            .into_iter()
            .for_each(|guest| pass_on(guest, Domain::destroy));
    }
    match is_gone(container, KILL) {
        true => Ok(print("Container was stopped")?),
        false => failed(NOT_STOPPED, "Unable to stop container: operation timed out"),
    }
}

/// Whether it is gone after so long at the latest.
fn is_gone(container: &Container<'_>, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while container.guest().is_some() {
        if Instant::now() >= until {
            return false;
        }
        thread::sleep(INTERVAL);
    }
    true
}
