//! What is told of domains and of the host.

use super::answer::Failed;
use super::domain::Domain;
use super::toolstack::Toolstack;
use super::words::{Words, usage};
use crate::tool::host::own_name;
use crate::tool::print::print;

/// The memory of the host in MiB, of which the half is free.
const MEMORY: u64 = 2048;

/// `list`, of one domain or all.
pub(super) fn list(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let verbose = words.has(&["-v", "--verbose"]);
    let domains = match words.rest.as_slice() {
        [] => toolstack.domains()?,
        [one] => vec![toolstack.find(one)?],
        _ => return Err(usage("list")),
    };
    let more = if verbose {
        "   UUID                            Reason-Code\tSecurity Label"
    } else {
        ""
    };
    print(&format!(
        "{:<40} {:>5} {:>5} {:>5}\tState\tTime(s){more}",
        "Name", "ID", "Mem", "VCPUs"
    ))?;
    for domain in &domains {
        print(&line(domain, verbose))?;
    }
    Ok(())
}

fn line(domain: &Domain, verbose: bool) -> String {
    let Domain {
        id,
        name,
        uuid,
        memory,
        processors,
        seconds,
        state,
        ..
    } = domain;
    let more = match (verbose, state.contains('s')) {
        (false, _) => String::new(),
        // The number of the reason why it is shut down: that it crashed, or that it powered itself off.
        (true, true) => format!(
            " {uuid} {:>8} {:>16}",
            if state.contains('c') { "3" } else { "0" },
            "-"
        ),
        (true, false) => format!(" {uuid} {:>8} {:>16}", "-", "-"),
    };
    // The real one pads by bytes.
    let padding = " ".repeat(40_usize.saturating_sub(name.len()));
    format!("{name}{padding} {id:>5} {memory:>5} {processors:>5}     {state}  {seconds:>8.1}{more}")
}

/// `vm-list`: the UUIDs of all guests.
pub(super) fn vm_list(toolstack: &Toolstack) -> Result<(), Failed> {
    print("UUID                                  ID    name")?;
    for Domain { uuid, id, name, .. } in toolstack.domains()? {
        print(&format!("{uuid}  {id}    {name}"))?;
    }
    Ok(())
}

/// `domid`: a domain's number.
pub(super) fn id(toolstack: &Toolstack, wanted: &str) -> Result<(), Failed> {
    let unknown =
        format!("Can't get domid of domain name '{wanted}', maybe this domain does not exist.");
    let domain = toolstack
        .find(wanted)
        .map_err(|_| Failed::because(unknown))?;
    Ok(print(&domain.id.to_string())?)
}

/// `info`: what the host has.
pub(super) fn info(toolstack: &Toolstack) -> Result<(), Failed> {
    let given: u64 = toolstack
        .domains()?
        .iter()
        .map(|domain| domain.memory)
        .sum();
    let host = own_name()?;
    let free = MEMORY.saturating_sub(given);
    for (key, value) in [
        ("host", host),
        ("total_memory", MEMORY.to_string()),
        ("free_memory", free.to_string()),
    ] {
        print(&format!("{key:<23}: {value}"))?;
    }
    Ok(())
}
