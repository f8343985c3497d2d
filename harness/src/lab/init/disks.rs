//! The disks of a lab: the one that both nodes share, and the second one that locks are held on.
//!
//! Each node has an nbdkit of its own at the same socket path, and all of them serve one file. libvirt considers that
//! safe to migrate. Since each node has its own server, its log says *which node wrote, and when*, and its error filter
//! injects I/O errors into one node alone. nbdkit runs in the lab and not in the nodes, so no agent can see or kill it.
//!
//! A lock is on a second disk: a file in the folder that all nodes share. The guest still writes to the first one, so
//! the write logs prove a double start as in every other lab. All nodes have one kernel, so the locks of a lost node
//! end with its processes, as on a file system that fences.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::files::{below, remove};
use crate::history::NodeName;
use crate::lab::disk_harm::DiskHarm;
use crate::lab::equipment;
use crate::lab::guest::{self, GuestDo, GuestMode};
use crate::lab::setup::{
    BYSTANDER, HOME, LOCKED_DISK, LabResult, LabSetup, NodeSetup, SHARED, SUBJECT,
};
use crate::lab::tools::{clean_command, make_folder, start_daemon, wait_until, write_file};

/// Starts the disk servers: for each node one of the shared disk and one of its bystander's own.
///
/// They run outside the nodes, so that no agent sees them; their sockets are in the nodes' folders.
pub(super) fn serve_disks(lab: &LabSetup) -> LabResult<()> {
    if lab.served().is_empty() {
        return Ok(());
    }
    let store = Path::new(HOME).join("store");
    write_file(&store.join(SUBJECT), &guest::FRESH_DISK)?;
    for node in lab.served() {
        make_folder(&node.home().join("run/vrt"), 0o755)?;
        write_file(&store.join(&node.name), &guest::FRESH_DISK)?;
        calm(&store.join(&node.name))?;
        serve_disk(node, SUBJECT, &store.join(SUBJECT))?;
        serve_disk(node, BYSTANDER, &store.join(&node.name))?;
    }
    for node in lab.served() {
        for disk in [SUBJECT, BYSTANDER] {
            let log = Path::new(HOME).join(format!("log/nbdkit-{disk}-{}", node.name));
            let socket = node.home().join(format!("run/vrt/{disk}.sock"));
            wait_until("nbdkit makes its socket", &log, || socket.exists())?;
        }
    }
    Ok(())
}

/// Lets a guest rest more than others: the bystanders of sixteen labs, idle, took an eighth of two processors.
fn calm(disk: &Path) -> LabResult<()> {
    let mode = GuestMode {
        calm: true,
        ..GuestMode::default()
    };
    guest::command(disk, GuestDo::Mode(mode))
        .map_err(|error| format!("cannot write {}: {error}", disk.display()))
}

/// Writes anew what the nodes' equipment keeps on disks: the disk that a lock is on, to which no guest ever writes, and
/// what the parts themselves have.
pub(super) fn renew_equipment(lab: &LabSetup) -> LabResult<()> {
    let parts = equipment::parts(&lab.equipment());
    let disks = parts.iter().filter_map(|part| part.locked_disk());
    for disk in disks {
        let own = lab.nodes.iter().map(|node| node.home().join("run/vrt"));
        let folders = match disk.is_shared {
            true => vec![Path::new(HOME).join(SHARED)],
            false => own.collect(),
        };
        for folder in folders {
            write_file(&folder.join(LOCKED_DISK), &[0; 64 * 1024])?;
        }
    }
    parts.iter().try_for_each(|part| part.renew(lab))
}

/// The file with the id of the server of a node's disk.
fn disk_process(disk: &str, node: &str) -> PathBuf {
    Path::new(HOME).join(format!("log/nbdkit-{disk}-{node}.pid"))
}

fn serve_disk(node: &NodeSetup, disk: &str, file: &Path) -> LabResult<()> {
    let name = &node.name;
    let socket = node.home().join(format!("run/vrt/{disk}.sock"));
    let process = disk_process(disk, name);
    let error_file = format!("error-file={HOME}/fail/{disk}-{name}");
    let args = [
        "--foreground",
        "--unix",
        &socket.to_string_lossy(),
        "--pidfile",
        &process.to_string_lossy(),
        "--filter=log",
        "--filter=error",
        "file",
        &format!("file={}", file.display()),
        &format!("logfile={HOME}/log/{disk}-{name}"),
        "logappend=true",
        // Errors begin when this file appears and end when it is removed.
        "error=EIO",
        "error-rate=100%",
        &error_file,
    ];
    let log = format!("{HOME}/log/nbdkit-{disk}-{name}");
    start_daemon(clean_command("nbdkit").args(args), Path::new(&log)).map(drop)
}

/// Makes the server of a node's subject disk fail or hang, or mends it.
pub(super) fn harm_disk(node: &NodeName, harm: DiskHarm) -> LabResult<()> {
    // The disk server looks for this file at every request.
    let file = Path::new(HOME).join(format!("fail/{SUBJECT}-{node}"));
    match harm {
        DiskHarm::Fails => fs::write(&file, "").map_err(|error| error.to_string()),
        DiskHarm::Hangs => signal_disk(node, Signal::SIGSTOP),
        DiskHarm::Whole => signal_disk(node, Signal::SIGCONT).and_then(|()| remove(&file)),
    }
}

fn signal_disk(node: &NodeName, signal: Signal) -> LabResult<()> {
    let file = disk_process(SUBJECT, &node.0);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let pid = text
        .trim()
        .parse()
        .map_err(|_| format!("{}: no process", file.display()))?;
    kill(Pid::from_raw(pid), signal).map_err(|error| format!("the disk's server: {error}"))
}

/// Writes the subject's disk anew, into the same file, which the disk servers keep open, and
/// empties the logs; the disk servers append to them.
pub(super) fn fresh_disk(lab: &LabSetup) -> LabResult<()> {
    let home = Path::new(HOME);
    let shared = below(home.join(SHARED)).collect::<BTreeSet<_>>();
    // Folders come before what they hold; the first is the shared folder itself.
    shared
        .iter()
        .skip(1)
        .rev()
        .try_for_each(|path| remove(path))?;
    renew_equipment(lab)?;
    if lab.served().is_empty() {
        return Ok(());
    }
    write_file(&home.join("store").join(SUBJECT), &guest::FRESH_DISK)?;
    for node in lab.served() {
        harm_disk(&NodeName::from(node.name.as_str()), DiskHarm::Whole)?;
        for disk in [SUBJECT, BYSTANDER] {
            write_file(&home.join(format!("log/{disk}-{}", node.name)), b"")?;
        }
    }
    Ok(())
}
