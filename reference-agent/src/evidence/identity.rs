//! Which guest is meant: by the record of the last start, by the definition, and by the mark that a running guest carries.

use std::time::Duration;

use super::definition::{Damaged, Definition};
use super::emulator;
use super::record::Record;
use crate::budget;
use crate::call::Call;
use crate::libvirt::host;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{ExitCode, Failure};
use crate::stderr;

/// What is known of the guest without asking libvirt.
pub(crate) struct Known {
    /// The guests that are this resource's, the one that was started last first. Two, if the definition was changed
    /// to another guest since; none, if neither record nor definition names one.
    pub(crate) uuids: Vec<String>,
    /// The record of the last start.
    pub(crate) record: Option<Record>,
    /// The definition, or what is wrong with it.
    pub(crate) definition: Result<Definition, Failure>,
    /// Names that the guest may have, where the definition can't be read.
    names: Vec<String>,
}

impl Known {
    /// The definition, if it identifies the guest by its name alone.
    pub(crate) fn by_name(&self) -> Option<&Definition> {
        self.definition
            .as_ref()
            .ok()
            .filter(|definition| definition.by_name)
    }

    /// Adds the guests that are this resource's by their name alone; the definition becomes that of the one that is here.
    ///
    /// # Errors
    /// When neither libvirt nor anything else answers.
    pub(crate) fn with_namesakes(mut self, call: &Call, within: Duration) -> Result<Self, Failure> {
        let Some(definition) = self.by_name() else {
            return Ok(self);
        };
        let found = namesakes(call, &definition.name, within)
            .map_err(|trouble| Failure::new(trouble.code(), trouble.why()))?;
        if let Some(uuid) = found.first() {
            self.definition = Ok(definition.clone().of_guest(uuid));
        }
        for uuid in found {
            if !self.uuids.contains(&uuid) {
                self.uuids.push(uuid);
            }
        }
        Ok(self)
    }
}

/// The UUIDs of the domains of that name on this node, which libvirt has, running or not, or which have an emulator.
///
/// # Errors
/// When libvirt doesn't answer, and the process table can't.
pub(crate) fn namesakes(call: &Call, name: &str, within: Duration) -> Result<Vec<String>, Trouble> {
    let uri = &call.parameters.hypervisor;
    let answer = host::uuid_of(uri, name, within);
    let running = emulator::uuids_of_name(uri, name);
    match (answer, running) {
        (Ok(uuid), running) => {
            let mut found = running.unwrap_or_default();
            found.retain(|other| *other != uuid);
            found.insert(0, uuid);
            Ok(found)
        }
        (Err(Trouble::NoDomain), running) => Ok(running.unwrap_or_default()),
        (Err(_), Some(running)) => Ok(running),
        (Err(trouble), None) => Err(trouble),
    }
}

/// Makes a call that names no libvirt one for the libvirt that this resource's guest was started by: the cluster stops a
/// resource that was taken out of its configuration, and whose parameters it has forgotten, without any of them.
pub(crate) fn recall(call: &mut Call) {
    if call.parameters.hypervisor_is_default {
        let uri = Record::load(call).map(|record| record.hypervisor);
        if let Some(uri) = uri.filter(|uri| !uri.is_empty()) {
            call.parameters.hypervisor = uri;
        }
    }
}

/// Collects what is known.
pub(crate) fn known(call: &Call) -> Known {
    let record = Record::load(call);
    let loaded = match &call.parameters.config {
        Some(path) => Definition::load(path, call.deadline.within(budget::DEFINITION)),
        None => Err(Damaged::from(call.parameters.failure())),
    };
    let mut uuids: Vec<String> = record.iter().map(|record| record.uuid.clone()).collect();
    let mut names: Vec<String> = record.iter().map(|record| record.name.clone()).collect();
    let definition = match loaded {
        Ok(definition) => {
            uuids.push(definition.uuid.clone());
            Ok(definition)
        }
        Err(damaged) => {
            uuids.extend(damaged.uuid);
            names.extend(damaged.name);
            Err(damaged.failure)
        }
    };
    uuids.dedup();
    Known {
        uuids,
        record,
        definition,
        names,
    }
}

/// The guests that are this resource's although the definition names none: those that carry its mark. The list is empty if
/// nothing of this resource can be running.
///
/// # Errors
/// When another guest could be meant: fencing is better than a guest that runs twice.
pub(crate) fn unnamed(
    call: &Call,
    known: &Known,
    within: Duration,
) -> Result<Vec<String>, Failure> {
    match suspects(call, known, within) {
        Ok(suspects) if suspects.marked.is_empty() && !suspects.doubtful.is_empty() => {
            Err(Failure::doubt(format!(
                "the definition can't be read, and a guest that may be this one runs: {}",
                suspects.doubtful.join(", ")
            )))
        }
        Ok(suspects) => Ok(suspects.marked),
        // What the record or the file shows is looked for by other means.
        Err(trouble)
            if !known.uuids.is_empty() || emulator::are_none(&call.parameters.hypervisor) =>
        {
            stderr::print(trouble.why());
            Ok(Vec::new())
        }
        Err(Trouble::Denied(why)) => Err(Failure::new(ExitCode::Permission, why)),
        Err(trouble) => Err(Failure::doubt(format!(
            "the definition can't be read, guests run here, and which is meant can't be asked: {}",
            trouble.why()
        ))),
    }
}

/// The guests that run and carry this resource's mark, or at least something that suggests it. Searched only when nothing else
/// identifies the guest.
#[derive(Debug, Default)]
pub(crate) struct Suspects {
    /// Marked as this resource's: certain.
    pub(crate) marked: Vec<String>,
    /// Named like the resource, like its definition's file or as that file seems to say; or unknown to libvirt, so that it has
    /// no name: a doubt.
    pub(crate) doubtful: Vec<String>,
}

/// Searches the active guests.
///
/// # Errors
/// As libvirt's; a list that broke off is no list.
pub(crate) fn suspects(call: &Call, known: &Known, within: Duration) -> Result<Suspects, Trouble> {
    let uri = &call.parameters.hypervisor;
    // Before libvirt is asked, which knows of a guest before its emulator begins: what starts meanwhile is no orphan.
    let emulators = emulator::of_all_guests(uri);
    let active = host::active_guests(uri, within)?;
    let orphans = emulators.iter().filter(|(emulator, uuid)| {
        !active.iter().any(|guest| guest.uuid == *uuid) && emulator.alive()
    });
    let orphans: Vec<String> = orphans
        .map(|(emulator, _)| format!("process {}", emulator.pid))
        .collect();
    let names = possible_names(call, known);
    let mut found = Suspects::default();
    for guest in active {
        if guest.resource.as_deref() == Some(call.instance.as_str()) {
            found.marked.push(guest.uuid);
        } else if names.contains(&guest.name) {
            found.doubtful.push(guest.uuid);
        }
    }
    found.doubtful.extend(orphans);
    Ok(found)
}

/// The names that suggest that a guest is this resource's.
fn possible_names(call: &Call, known: &Known) -> Vec<String> {
    let mut names = known.names.clone();
    names.push(call.instance.clone());
    names.extend(call.parameters.name.clone());
    let config = call.parameters.config.as_ref();
    let stem = config.and_then(|path| path.file_stem());
    names.extend(stem.map(|stem| stem.to_string_lossy().into_owned()));
    names
}
