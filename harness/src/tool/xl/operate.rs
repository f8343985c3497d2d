//! What is done with a guest that is there.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use virt::domain::Domain as Guest;

use super::answer::Failed;
use super::toolstack::Toolstack;
use super::words::{Words, usage};
use crate::tool::pass_on::pass_on;
use crate::tool::print::complain;

/// Where libvirt keeps the process ids of its emulators.
const EMULATORS: &str = "/run/libvirt/qemu";

/// How long an emulator may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is looked whether a guest has gone.
const INTERVAL: Duration = Duration::from_millis(200);

/// `shutdown`: asks a guest, or all, and waits for it only if told so.
pub(super) fn shutdown(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let all = words.has(&["-a", "--all"]);
    let domains = match (all, words.rest.as_slice()) {
        (true, []) => toolstack.domains()?,
        (false, [one]) => vec![toolstack.find(one)?],
        _ => return Err(usage("shutdown")),
    };
    let mut asked = Vec::new();
    for domain in domains {
        if let Some(guest) = domain.guest {
            complain(&format!("Shutting down domain {}", domain.id))?;
            pass_on(guest, Guest::shutdown);
            asked.push(domain.id);
        }
    }
    while words.has(&["-w", "--wait"]) && any_is_there(toolstack, &asked)? {
        thread::sleep(INTERVAL);
    }
    Ok(())
}

fn any_is_there(toolstack: &Toolstack, asked: &[u32]) -> Result<bool, Failed> {
    let domains = toolstack.domains()?;
    Ok(domains.iter().any(|domain| asked.contains(&domain.id)))
}

/// `trigger DOMAIN power`.
pub(super) fn trigger(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    match words.rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [domain, "power"] => pass_on(toolstack.guest(domain)?, Guest::shutdown),
        [domain, "s3resume"] => pass_on(toolstack.guest(domain)?, |guest| guest.pm_wakeup(0)),
        [_, trigger] => return Err(Failed::because(format!("Invalid trigger \"{trigger}\""))),
        _ => return Err(usage("trigger")),
    }
    Ok(())
}

/// `destroy`: the hypervisor ends a domain at once, and xl signals its device model without waiting for it. libvirt would
/// give an emulator that hangs ten seconds to end.
pub(super) fn destroy(toolstack: &Toolstack, domain: &str) -> Result<(), Failed> {
    let guest = toolstack.guest(domain)?;
    let emulator = emulator(&guest.name()?);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(guest.destroy().map(drop));
    });
    let ended = receiver.recv_timeout(PATIENCE).or_else(|_| {
        if let Some(process) = emulator {
            let _ = kill(process, Signal::SIGKILL);
        }
        receiver.recv()
    });
    Ok(ended.map_err(io::Error::other)??)
}

/// The process of a guest of libvirt's.
fn emulator(name: &str) -> Option<Pid> {
    let file = Path::new(EMULATORS).join(format!("{name}.pid"));
    let process = fs::read_to_string(file).ok()?;
    process.trim().parse().map(Pid::from_raw).ok()
}

/// `pause`.
pub(super) fn pause(toolstack: &Toolstack, domain: &str) -> Result<(), Failed> {
    pass_on(toolstack.guest(domain)?, Guest::suspend);
    Ok(())
}

/// `unpause`.
pub(super) fn unpause(toolstack: &Toolstack, domain: &str) -> Result<(), Failed> {
    pass_on(toolstack.guest(domain)?, Guest::resume);
    Ok(())
}

/// `mem-set DOMAIN MIB`: the lab's guests have no balloon, so nothing changes.
pub(super) fn set_memory(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let [domain, size] = words.exactly("mem-set")?;
    toolstack.find(domain)?;
    let number = size.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let is_number: Result<u64, _> = number.parse();
    is_number.map_err(|_| Failed::because(format!("invalid memory size: {size}")))?;
    Ok(())
}
