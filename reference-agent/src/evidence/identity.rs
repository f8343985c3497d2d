//! Which guest is meant: told by the record of the last start, by the definition, and by the mark a running guest carries.

use std::time::Duration;

use virt::connect::Connect;
use virt::domain::Domain;
use virt::sys;

use crate::call::Call;
use crate::evidence::definition::{Damaged, Definition};
use crate::evidence::emulator::Emulator;
use crate::evidence::look::is_local_qemu;
use crate::evidence::record::Record;
use crate::libvirt::session::{self, Trouble, close};
use crate::ocf::Failure;

/// The XML namespace of the mark. It is part of the guest's live definition and so travels with it: the node it
/// arrived on knows whose guest it is even if the definition's file is missing there.
const MARK: &str = "urn:virt-reference-agent:1";

/// How long the definition's file may take to be read.
const READING: Duration = Duration::from_secs(5);

/// What is known of the guest without asking libvirt.
pub(crate) struct Known {
    /// The guests that are this resource's, the one that was started last first. Two, if the definition was changed
    /// to another guest since; none, if neither record nor definition tells.
    pub(crate) uuids: Vec<String>,
    /// The record of the last start.
    pub(crate) record: Option<Record>,
    /// The definition, or what is wrong with it.
    pub(crate) definition: Result<Definition, Failure>,
    /// Names that the guest may have, where the definition doesn't tell.
    names: Vec<String>,
}

impl Known {
    /// The definition, if it tells which guest is meant by its name alone.
    pub(crate) fn by_name(&self) -> Option<&Definition> {
        self.definition.as_ref().ok().filter(|one| one.by_name)
    }

    /// Adds the guests that are this resource's by their name alone; the definition becomes that of the one that is here.
    ///
    /// # Errors
    /// When libvirt doesn't tell, and nothing else does.
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
/// When libvirt doesn't tell, and the process table can't.
pub(crate) fn namesakes(call: &Call, name: &str, within: Duration) -> Result<Vec<String>, Trouble> {
    let uri = &call.parameters.hypervisor;
    let wanted = name.to_owned();
    let told = session::ask(uri, within, move |connection| {
        let domain = connection.lookup_domain_by_name(&wanted)?;
        let uuid = domain.uuid_string()?;
        close(domain);
        Ok(uuid)
    });
    let emulators = if is_local_qemu(uri) {
        Emulator::named(name)
    } else {
        Vec::new()
    };
    match told {
        Ok(uuid) => Ok(merged([uuid], emulators)),
        Err(Trouble::NoDomain) => Ok(emulators),
        Err(_) if is_local_qemu(uri) => Ok(emulators),
        Err(trouble) => Err(trouble),
    }
}

/// Both lists without repetition.
fn merged<const N: usize>(first: [String; N], second: Vec<String>) -> Vec<String> {
    let mut all = Vec::from(first);
    for one in second {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
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
        Some(path) => Definition::load(path, call.deadline.part(0.2).at_most(READING)),
        None => Err(Damaged::from(Failure::configured(
            "the required parameter \"config\" is not set",
        ))),
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

/// The guests that run and carry this resource's mark, or at least something that suggests it. Asked only when nothing else
/// tells which guest is meant.
pub(crate) struct Suspects {
    /// Marked as this resource's: certain.
    pub(crate) marked: Vec<String>,
    /// Named like the resource, like its definition's file or as that seems to say, or unknown to libvirt, which then tells no name: a doubt.
    pub(crate) doubtful: Vec<String>,
}

/// Searches the active guests.
///
/// # Errors
/// As libvirt's; a list that broke off is no list.
pub(crate) fn suspects(call: &Call, known: &Known, within: Duration) -> Result<Suspects, Trouble> {
    let instance = call.instance.clone();
    let mut names = known.names.clone();
    names.push(call.instance.clone());
    names.extend(
        call.parameters
            .config
            .as_ref()
            .and_then(|path| path.file_stem())
            .map(|stem| stem.to_string_lossy().into_owned()),
    );
    let uri = &call.parameters.hypervisor;
    // Before libvirt is asked, which knows of a guest before its emulator begins: what starts meanwhile is no orphan.
    let emulators = if is_local_qemu(uri) {
        Emulator::all()
    } else {
        Vec::new()
    };
    let (mut found, active) = session::ask(uri, within, move |connection| {
        search(connection, &instance, &names)
    })?;
    let orphans = emulators
        .iter()
        .filter(|(emulator, uuid)| !active.contains(uuid) && emulator.alive());
    found
        .doubtful
        .extend(orphans.map(|(emulator, _)| format!("process {}", emulator.pid)));
    Ok(found)
}

/// The suspects that libvirt knows, and the UUIDs of all active guests.
fn search(
    connection: &Connect,
    instance: &str,
    names: &[String],
) -> Result<(Suspects, Vec<String>), Trouble> {
    let mut active = Vec::new();
    let mut found = Suspects {
        marked: Vec::new(),
        doubtful: Vec::new(),
    };
    for domain in connection.list_all_domains(sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE)? {
        let uuid = domain.uuid_string()?;
        active.push(uuid.clone());
        if mark_of(&domain).as_deref() == Some(instance) {
            found.marked.push(uuid);
        } else if names.contains(&domain.name()?) {
            found.doubtful.push(uuid);
        }
        close(domain);
    }
    Ok((found, active))
}

/// The resource a guest is marked for.
fn mark_of(domain: &Domain) -> Option<String> {
    let kind = i32::try_from(sys::VIR_DOMAIN_METADATA_ELEMENT).ok()?;
    let xml = domain
        .metadata(kind, Some(MARK), sys::VIR_DOMAIN_AFFECT_LIVE)
        .ok()?;
    let document = roxmltree::Document::parse(&xml).ok()?;
    document
        .root_element()
        .attribute("instance")
        .map(str::to_owned)
}

/// Marks a running guest as this resource's. It does without where the driver can't.
pub(crate) fn mark(call: &Call, uuid: &str, within: Duration) {
    let xml = format!("<resource instance=\"{}\"/>", escaped(&call.instance));
    let question = move |domain: &Domain| {
        let kind = i32::try_from(sys::VIR_DOMAIN_METADATA_ELEMENT).unwrap_or(2);
        let flags = sys::VIR_DOMAIN_AFFECT_LIVE;
        Ok(domain.set_metadata(
            kind,
            Some(&xml),
            Some("virt-reference-agent"),
            Some(MARK),
            flags,
        )?)
    };
    if let Err(trouble) = session::ask_about(&call.parameters.hypervisor, uuid, within, question) {
        crate::tell(&format!("the guest could not be marked: {}", trouble.why()));
    }
}

/// Text as an XML attribute's value.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_name_survives_as_an_attribute() {
        let xml = format!("<r i=\"{}\"/>", escaped("a\"<&>'b"));
        let document = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(document.root_element().attribute("i"), Some("a\"<&>'b"));
    }
}
