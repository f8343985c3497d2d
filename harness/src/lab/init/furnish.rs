//! The configuration of libvirt in a node.
//!
//! `capability_filters` makes starts shorter: libvirt 11 asks QEMU for some 300 features of its processor, one after
//! the other, for every guest that starts or arrives (0.15 s of the 0.21 s that a start took). With the filter,
//! libvirt's own option for tests, it asks for all of them in two questions. Nothing else in a domain differs: whoever
//! doubts it takes the line out and sees the same verdicts, later.
//!
//! `shared_filesystems` tells libvirt that the folder with the second disk is shared; without it libvirt refuses to
//! migrate. Where its QEMU driver does not know that option, the cases with a lock are skipped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::lab::capabilities::Capabilities;
use crate::lab::equipment;
use crate::lab::guest;
use crate::lab::mount;
use crate::lab::setup::{FIRMWARE, LabResult, LabSetup, NodeSetup, OWN_FOLDERS};
use crate::lab::tools::{make_folder, write_file};

/// What is in folders of a node's own from the beginning, beside what the machine has there.
const BEGINNINGS: [&str; 13] = [
    "var-log/libvirt",
    "var-log/cluster",
    "var-log/pacemaker",
    "var-cache/libvirt",
    // Pacemaker's folders, as its packages make them. Agents are run in the first.
    "pacemaker/cores",
    "pacemaker/cib",
    "pacemaker/pengine",
    "pacemaker/blackbox",
    "run/heartbeat/rsctmp",
    "run/resource-agents",
    "run/crm",
    "run/vrt",
    "run/vrt/shared",
];

/// Makes everything in a node's home that its first process binds into place.
pub(super) fn furnish(node: &NodeSetup, lab: &LabSetup, known: &Capabilities) -> LabResult<()> {
    let home = node.home();
    make_folder(&home, 0o755)?;
    // One for each node, so that one can be full while the other is not.
    mount::tmpfs(&home, "755")?;
    for (name, _, mode) in OWN_FOLDERS {
        make_folder(&home.join(name), mode)?;
    }
    take_after(Path::new("/var/log"), &home.join("var-log"))?;
    take_after(Path::new("/var/cache"), &home.join("var-cache"))?;
    for folder in BEGINNINGS {
        make_folder(&home.join(folder), 0o755)?;
    }
    make_folder(&home.join("run/lock"), 0o1777)?;
    write_file(&home.join("run/vrt").join(FIRMWARE), guest::ROM)?;
    known
        .put_into(&home.join("libvirt-cache/qemu/capabilities"))
        .map_err(|error| format!("cannot write what libvirt knows of QEMU: {error}"))?;
    for part in equipment::parts(&node.equipment) {
        part.furnish(node, lab)?;
    }
    configure(node, lab)
}

/// Makes the folders in a folder of the machine's again, empty: programs expect theirs there. An ordinary user may be
/// kept from looking.
fn take_after(theirs: &Path, own: &Path) -> LabResult<()> {
    for entry in fs::read_dir(theirs).into_iter().flatten().flatten() {
        if let Ok(found) = entry.metadata()
            && found.is_dir()
        {
            make_folder(&own.join(entry.file_name()), found.permissions().mode())?;
        }
    }
    Ok(())
}

/// Writes a node's configuration files; a reset does it again, for an agent may have changed them.
pub(super) fn configure(node: &NodeSetup, lab: &LabSetup) -> LabResult<()> {
    let home = node.home();
    let mut hosts = "127.0.0.1 localhost\n".to_owned();
    for other in &lab.nodes {
        hosts.push_str(&format!("{} {}\n", other.address(), other.name));
    }
    write_file(&home.join("hosts"), hosts.as_bytes())?;
    write_file(
        &home.join("hostname"),
        format!("{}\n", node.name).as_bytes(),
    )?;
    let parts = equipment::parts(&node.equipment);
    let of_parts: String = parts.iter().map(|part| part.libvirtd_settings()).collect();
    let settings = format!(
        "{LIBVIRTD_CONF}{of_parts}host_uuid = \"{}\"\n",
        node.host_uuid()
    );
    // A modular daemon ignores the settings of the others.
    for daemon in equipment::daemons(&node.equipment).programs() {
        let file = home.join(format!("libvirt-etc/{daemon}.conf"));
        write_file(&file, settings.as_bytes())?;
    }
    let of_parts: String = parts.iter().map(|part| part.qemu_settings()).collect();
    let address = node.address();
    let qemu = format!("{QEMU_CONF}migration_host = \"{address}\"\n{of_parts}");
    write_file(&home.join("libvirt-etc/qemu.conf"), qemu.as_bytes())?;
    parts.iter().try_for_each(|part| part.configure(node))
}

/// No authentication: every client that reaches a node's socket may use it.
const LIBVIRTD_CONF: &str = "auth_tcp = \"none\"\nauth_unix_ro = \"none\"\n\
    auth_unix_rw = \"none\"\nunix_sock_rw_perms = \"0770\"\n";

/// No log daemon, no confinement that needs the host's cooperation, no device nodes. The shared folder is a
/// tmpfs, which libvirt would take for a node's own and refuse to migrate a guest whose disk lies there.
///
/// Of every guest that starts or arrives libvirt asks some 300 features of its processor, one by one: more
/// than two thirds of the time that a start takes here. Without the filtered capability it asks for all at once.
const QEMU_CONF: &str = "stdio_handler = \"file\"\nsecurity_driver = \"none\"\n\
    cgroup_controllers = []\ndynamic_ownership = 0\nremember_owner = 0\n\
    user = \"root\"\ngroup = \"root\"\nnamespaces = []\n\
    capability_filters = [ \"cpu-unavailable-features\" ]\n\
    shared_filesystems = [ \"/run/vrt/shared\" ]\n";
