//! What is done with a guest that is there.

use std::thread;
use std::time::Duration;

use virt::domain::Domain as Guest;

use super::answer::Failed;
use super::toolstack::Toolstack;
use super::words::{Words, usage};
use crate::tool::pass_on::pass_on;
use crate::tool::print::complain;

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

/// `destroy`.
pub(super) fn destroy(toolstack: &Toolstack, domain: &str) -> Result<(), Failed> {
    Ok(toolstack.guest(domain)?.destroy().map(drop)?)
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
