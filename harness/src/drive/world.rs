//! The lab as the witness and the history need it: where to look, and what lies around.

use std::path::Path;
use std::sync::Arc;

use crate::engine::Engine;
use crate::history::{Guest, Sighting};
use crate::lab::{DomainSpec, Lab, LabError, Node};
use crate::witness::{NodeView, Subjects};

/// The URI of libvirt's test driver with the state that `given` asks for.
pub(super) const DRIVER_URI: &str = "test:///run/vrt/driver.xml";

/// The UUID of the foreign domain that has the subject's name.
const STRANGER: &str = "57a26e00-0000-4000-8000-000000000003";

/// The UUID of the foreign domain that uses the subject's locked disk.
const RIVAL: &str = "71ba1000-0000-4000-8000-000000000004";

/// Folders that are libvirt's own business: what it keeps there of a guest that has ended is no leftover
/// of the agent's. Definitions that stay are seen as domains.
const LIBVIRTS_OWN: [&str; 5] = [
    "/run/libvirt/",
    "/var/lib/libvirt/",
    "/var/log/libvirt/",
    "/var/cache/libvirt/",
    "/etc/libvirt/qemu/",
];

/// Folders for what is to stay: a log or a cache is no leftover.
const TO_STAY: [&str; 2] = ["/var/log/", "/var/cache/"];
/// Folders in those that are the operator's: networks that were defined, and memory that was saved.
const OPERATORS: [&str; 2] = ["/etc/libvirt/qemu/networks/", "/var/lib/libvirt/qemu/save/"];

/// What the harness itself leaves: the folder where the stand-ins of tools keep their log, and that
/// of mount(8), which takes tools away.
const OUR_OWN: [&str; 2] = ["/run/vrt", "/run/mount"];

/// What the witness needs to know of each node.
pub(super) fn node_views(lab: &Lab) -> Vec<NodeView> {
    let view = |node: &Arc<dyn Node>| NodeView {
        name: node.name().clone(),
        node: Arc::clone(node),
        subject_log: lab.write_log(node.name(), Guest::Subject),
        bystander_log: lab.write_log(node.name(), Guest::Bystander),
        lock: lab.lock(node.name()),
    };
    lab.nodes().iter().map(view).collect()
}

/// The guests of the lab, and where their disks lie.
pub(super) fn subjects(lab: &Lab, engine: Engine) -> Subjects {
    let bystander = |node: &Arc<dyn Node>| {
        let name = node.name().clone();
        (
            name.clone(),
            lab.bystander().uuid,
            lab.bystander_disk(&name),
        )
    };
    Subjects {
        subject: (lab.subject().uuid, lab.subject_disk()),
        bystanders: lab.nodes().iter().map(bystander).collect(),
        stranger: STRANGER.to_owned(),
        engine,
    }
}

/// A foreign domain: the subject's name, another UUID, and no disk, so that what it does can never be
/// taken for the subject's writes.
pub(super) fn stranger_xml(lab: &Lab) -> String {
    let spec = DomainSpec {
        uuid: STRANGER.to_owned(),
        ..lab.subject()
    };
    let mut xml = spec.xml();
    while remove_disk(&mut xml) {}
    xml
}

/// A foreign domain of another name and UUID that has nothing of the subject's but the locked disk.
pub(super) fn rival_xml(lab: &Lab) -> String {
    let spec = DomainSpec {
        name: "rival".to_owned(),
        uuid: RIVAL.to_owned(),
        ..lab.subject()
    };
    let mut xml = spec.xml();
    // The first is the one that the guest writes to.
    remove_disk(&mut xml);
    xml
}

/// Removes the first disk from a definition; false when it has none.
fn remove_disk(xml: &mut String) -> bool {
    const END: &str = "</disk>";
    let Some((begin, end)) = xml.find("<disk").zip(xml.find(END)) else {
        return false;
    };
    xml.replace_range(begin..end + END.len(), "");
    true
}

/// What lies around on a node beside the lab's own.
pub(super) fn remains(lab: &Lab, node: &dyn Node) -> Result<Sighting, LabError> {
    let bystander = lab.bystander().uuid;
    let domains = lab.domains(node)?.into_iter().map(|(uuid, _)| uuid);
    let processes = node
        .strays(&bystander)?
        .into_iter()
        .filter(|process| process.domain_uuid().is_none());
    Ok(Sighting::Remains {
        node: node.name().clone(),
        domains: domains.filter(|uuid| *uuid != bystander).collect(),
        files: new_files(lab, node)?,
        processes: processes.map(|process| process.command_line()).collect(),
    })
}

/// The files on a node that the lab did not begin with and that are neither libvirt's own nor ours
/// nor made to stay.
pub(super) fn new_files(lab: &Lab, node: &dyn Node) -> Result<Vec<String>, LabError> {
    let known = || LIBVIRTS_OWN.iter().chain(&OUR_OWN).chain(&TO_STAY);
    let is_in = |file: &str, folder: &str| {
        Path::new(file).starts_with(folder) && Path::new(file) != Path::new(folder)
    };
    let kept = |file: &str| OPERATORS.iter().any(|folder| is_in(file, folder));
    let foreign = |file: &str| known().any(|own| Path::new(file).starts_with(own)) && !kept(file);
    let files = lab.changed_files(node.name())?.into_iter();
    Ok(files.filter(|file| !foreign(file)).collect())
}
