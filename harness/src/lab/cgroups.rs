//! The cgroups of a lab whose nodes run containers.
//!
//! In every hierarchy of the machine the lab makes a folder `virt-ra-tester-ID` with one cgroup for its own processes,
//! `lab`, and one for each node. A node's first process enters its own and takes a cgroup namespace there, so what the
//! node mounts at `/sys/fs/cgroup` begins at that cgroup, and its containers are below it. They are children of the
//! node's PID namespace all the same and end with it. What is left are empty cgroups: whoever ends a lab removes them,
//! and after a harness that was killed the next lab does.
//!
//! In version 2 the machine's first cgroup passes its controllers on for that, and goes on to do so: turning one off again
//! would take it away from a service that has come to use it, since the kernel refuses that only where a cgroup passes it
//! on. By itself a controller limits nothing.
//!
//! Sources: cgroups(7), cgroup_namespaces(7), the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.

mod hierarchy;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{AccessFlags, Uid, access};

use self::hierarchy::{Hierarchy, hierarchies, hierarchies_of};
use super::mount;
use super::setup::{LabResult, LabSetup, NodeSetup};

/// How the folders of labs begin.
const NAME: &str = "virt-ra-tester-";

/// The cgroup of a lab's own processes: as long as one of them lives, it cannot be removed.
const LAB: &str = "lab";

/// The cgroup of a node's processes below that where its namespace begins: in version 2 none but the leaves may have
/// processes. LXC knows it by this name, and puts its containers beside it.
const INIT: &str = "init.scope";

/// Where a node sees its cgroups.
const MOUNTED: &str = "/sys/fs/cgroup";

/// Controllers without which libvirt starts no container, as versions 1 and 2 have them.
/// Source: `virLXCProcessStart` in libvirt.
const NEEDED: [[&str; 2]; 2] = [["memory", "memory"], ["cpuacct", "cpu"]];

/// Why the nodes of this user's labs can have no cgroups of their own, as a sentence's end; none when they can.
pub(super) fn lacking() -> Option<String> {
    if !Uid::effective().is_root() {
        return Some("only root may make cgroups and devices for the nodes".to_owned());
    }
    if !Path::new("/proc/self/ns/cgroup").exists() {
        return Some("the kernel has no cgroup namespaces".to_owned());
    }
    let all = match hierarchies() {
        Ok(all) if all.is_empty() => return Some("no cgroups are mounted".to_owned()),
        Ok(all) => all,
        Err(why) => return Some(why),
    };
    let has = |name: &str| all.iter().any(|one| one.has_controller(name));
    let lacking = NEEDED.iter().find(|names| !names.iter().any(|it| has(it)));
    let controller = lacking.map(|[name, _]| format!("no cgroups have the controller `{name}`"));
    controller.or_else(|| all.iter().find_map(refused))
}

/// Why no cgroup can be made in a hierarchy.
fn refused(hierarchy: &Hierarchy) -> Option<String> {
    let base = hierarchy.base();
    let refused = access(base, AccessFlags::W_OK).err()?;
    Some(format!(
        "no cgroup can be made in {}: {refused}",
        base.display()
    ))
}

/// Makes the cgroups of a lab and enters that of its own processes, after those of labs that have ended were removed.
pub(super) fn make(lab: &LabSetup) -> LabResult<()> {
    let id = fs::read_link("/proc/self/ns/pid").map_err(|error| error.to_string())?;
    let digits = id.to_string_lossy();
    let digits = digits.chars().filter(char::is_ascii_digit);
    let name = format!("{NAME}{}", digits.collect::<String>());
    let all = hierarchies()?;
    let _locked = lock(&all)?;
    all.iter().for_each(remove_ended);
    for hierarchy in &all {
        let folder = hierarchy.base().join(&name);
        hierarchy.make(&folder)?;
        for cgroup in lab.nodes.iter().map(|node| node.name.as_str()).chain([LAB]) {
            hierarchy.make(&folder.join(cgroup))?;
        }
        hierarchy.delegate(hierarchy.base())?;
        hierarchy.delegate(&folder)?;
        enter(&folder.join(LAB))?;
    }
    Ok(())
}

/// Lets a node's first process, which its lab's has begun, enter the node's cgroups and take a namespace there.
pub(super) fn join(node: &NodeSetup) -> LabResult<()> {
    let all = hierarchies()?;
    for hierarchy in &all {
        enter(&hierarchy.beside(&node.name))?;
    }
    unshare(CloneFlags::CLONE_NEWCGROUP)
        .map_err(|error| format!("cannot make a cgroup namespace: {error}"))?;
    for hierarchy in all.iter().filter(|one| one.is_unified()) {
        let cgroup = hierarchy.beside(&node.name);
        let leaf = cgroup.join(INIT);
        hierarchy.make(&leaf)?;
        enter(&leaf)?;
        // Only once nothing runs in it. libvirt looks for the controllers in the cgroup of its own daemon.
        hierarchy.delegate(&cgroup)?;
    }
    Ok(())
}

/// Mounts a node's cgroups over those of the machine, which its own `/sys` has covered.
pub(super) fn show() -> LabResult<()> {
    let all = hierarchies()?;
    if all.iter().any(|hierarchy| !hierarchy.is_unified()) {
        mount::tmpfs(Path::new(MOUNTED), "755")?;
    }
    all.iter().try_for_each(Hierarchy::mount)
}

/// Lets all frozen containers of this lab go on, from its first process: before, not even KILL ends them where the freezer
/// is of version 1, and the lab would not end.
pub(super) fn thaw() {
    for hierarchy in hierarchies().unwrap_or_default() {
        if hierarchy.has_controller("freezer") {
            hierarchy
                .beside(LAB)
                .parent()
                .into_iter()
                .for_each(thaw_below);
        }
    }
}

/// Whether the freezer holds the process with these cgroups, as its `/proc/PID/cgroup` has them.
pub(super) fn is_frozen(cgroups: &str) -> bool {
    let all = hierarchies_of(cgroups).unwrap_or_default();
    all.iter().any(Hierarchy::is_frozen)
}

/// Does the same for the container with that process, by the machine's id.
pub(super) fn thaw_one(pid: i32) {
    let cgroups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    for hierarchy in hierarchies_of(&cgroups).unwrap_or_default() {
        if hierarchy.has_controller("freezer") {
            thaw_below(hierarchy.base());
        }
    }
}

fn thaw_below(cgroup: &Path) {
    // The first of a hierarchy has no such file.
    let _ = fs::write(cgroup.join("freezer.state"), "THAWED");
    for entry in fs::read_dir(cgroup).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            thaw_below(&entry.path());
        }
    }
}

/// Removes the cgroups of labs that have ended. Those that cannot be removed are left for the next lab.
pub(super) fn remove() {
    let Ok(all) = hierarchies() else { return };
    if let Ok(_locked) = lock(&all) {
        all.iter().for_each(remove_ended);
    }
}

/// Lets no other lab make or remove cgroups until it is dropped: one that is made has no process at first.
fn lock(all: &[Hierarchy]) -> LabResult<Option<File>> {
    let Some(first) = all.first() else {
        return Ok(None);
    };
    let folder = first.base();
    let failed = |error| format!("cannot lock {}: {error}", folder.display());
    let file = File::open(folder).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(Some(file))
}

fn remove_ended(hierarchy: &Hierarchy) {
    let entries = fs::read_dir(hierarchy.base()).into_iter().flatten();
    for entry in entries.flatten() {
        let is_labs = entry.file_name().to_string_lossy().starts_with(NAME);
        if is_labs && has_ended(&entry.path()) {
            remove_below(&entry.path());
        }
    }
}

/// Whether no process of a lab's own is left in its cgroup, which is removed then.
fn has_ended(lab: &Path) -> bool {
    match fs::remove_dir(lab.join(LAB)) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// Removes a cgroup and all below it.
fn remove_below(cgroup: &Path) {
    for entry in fs::read_dir(cgroup).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_below(&entry.path());
        }
    }
    let _ = fs::remove_dir(cgroup);
}

/// Moves this process, with all its threads.
fn enter(cgroup: &Path) -> LabResult<()> {
    fs::write(cgroup.join("cgroup.procs"), "0")
        .map_err(|error| format!("cannot enter the cgroup {}: {error}", cgroup.display()))
}
