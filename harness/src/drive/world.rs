//! The lab as the witness and the history need it: where to look, and what lies around.

use std::path::Path;
use std::sync::Arc;

use crate::engine::Engine;
use crate::history::{Guest, Sighting};
use crate::lab::{DomainSpec, Lab, LabError, Node};
use crate::witness::{NodeView, Subjects};

/// The UUID of the foreign domain that has the subject's name.
const STRANGER: &str = "57a26e00-0000-4000-8000-000000000003";

/// The UUID of the foreign domain that uses the subject's locked disk.
const RIVAL: &str = "71ba1000-0000-4000-8000-000000000004";

/// Folders for what is to stay: a log or a cache is no leftover.
const TO_STAY: [&str; 2] = ["/var/log/", "/var/cache/"];

/// What the harness itself leaves: the folder where the stand-ins of tools keep their log, and that
/// of mount(8), which takes tools away.
const OUR_OWN: [&str; 2] = ["/run/vrt", "/run/mount"];

/// Where LXC keeps its locks.
const OF_LXC: [&str; 1] = ["/run/lxc"];

/// What the witness needs to know of each node.
pub(super) fn node_views(lab: &Lab) -> Vec<NodeView> {
    let view = |node: &Arc<dyn Node>| NodeView {
        name: node.name().clone(),
        node: Arc::clone(node),
        hypervisor: lab.hypervisor(),
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
pub(super) fn stranger(lab: &Lab) -> DomainSpec {
    DomainSpec {
        uuid: STRANGER.to_owned(),
        socket: None,
        locked_disk: None,
        ..lab.subject()
    }
}

/// A foreign domain of another name and UUID that has nothing of the subject's but the locked disk.
pub(super) fn rival(lab: &Lab) -> DomainSpec {
    DomainSpec {
        name: "rival".to_owned(),
        uuid: RIVAL.to_owned(),
        socket: None,
        ..lab.subject()
    }
}

/// What lies around on a node beside the lab's own.
pub(super) fn remains(lab: &Lab, node: &dyn Node) -> Result<Sighting, LabError> {
    let bystander = lab.bystander().uuid;
    let domains = lab
        .hypervisor()
        .domains(node)?
        .into_iter()
        .map(|(uuid, _)| uuid);
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

/// The files on a node that the lab did not begin with and that are neither the hypervisor's own nor ours
/// nor made to stay.
pub(super) fn new_files(lab: &Lab, node: &dyn Node) -> Result<Vec<String>, LabError> {
    let hypervisor = lab.hypervisor();
    let is_known = |file: &Path| {
        let mut known = OUR_OWN.iter().chain(&TO_STAY).chain(&OF_LXC);
        known.any(|own| file.starts_with(own)) || hypervisor.is_own_file(file)
    };
    let mut files = lab.changed_files(node.name())?;
    files.retain(|file| !is_known(Path::new(file)));
    Ok(files)
}
