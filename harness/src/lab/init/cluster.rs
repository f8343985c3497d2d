//! Hides the cluster's programs. Where no cluster runs in the lab its nodes do not have them, whether the machine does or
//! not: an agent that calls `crm_resource` would wait for a daemon that is not there, or talk to the machine's own.
//!
//! An overlay whose upper layer has whiteouts hides them; where no overlay can be mounted, `/dev/null` lies over each.
//! A case that wants one scripts it with the tool shim.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::stat::{Mode, SFlag, makedev, mknod};

use crate::installed::PATH;
use crate::lab::mount::{self, bind};
use crate::lab::setup::{HOME, LabResult};
use crate::lab::tools::make_folder;

/// Where Pacemaker keeps the daemons that nobody calls by hand.
const DAEMONS: [&str; 2] = ["/usr/lib/pacemaker", "/usr/libexec/pacemaker"];

/// How the names of Pacemaker's and corosync's programs begin, those of all their versions.
const BEGINNINGS: [&str; 3] = ["crm_", "corosync", "pacemaker"];

/// Their other programs, and those of the shells for them.
const NAMES: [&str; 10] = [
    "attrd_updater",
    "cibadmin",
    "crm",
    "crmadmin",
    "crmsh",
    "iso8601",
    "pcs",
    "pcs_internal",
    "pcsd",
    "stonith_admin",
];

fn is_the_clusters(name: &str) -> bool {
    NAMES.contains(&name) || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
}

/// Hides them from the lab.
pub(super) fn hide() -> LabResult<()> {
    let hidden = Path::new(HOME).join("hidden");
    // Several may be the same folder.
    let folders: BTreeSet<PathBuf> = PATH
        .split(':')
        .filter_map(|it| fs::canonicalize(it).ok())
        .collect();
    for (number, folder) in folders.iter().enumerate() {
        let names = programs(folder);
        if !names.is_empty() {
            hide_in(folder, &names, &hidden.join(number.to_string()))?;
        }
    }
    let empty = hidden.join("empty");
    for folder in DAEMONS.map(Path::new) {
        if folder.is_dir() {
            make_folder(&empty, 0o755)?;
            bind(&empty, folder)?;
        }
    }
    Ok(())
}

fn programs(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_the_clusters(name))
        .collect()
}

/// Shows a folder without those programs, or, where the kernel stacks no file systems, with something in their places
/// that cannot be executed.
fn hide_in(folder: &Path, names: &[String], whiteouts: &Path) -> LabResult<()> {
    if stack(folder, names, whiteouts).is_ok() {
        return Ok(());
    }
    names
        .iter()
        .try_for_each(|name| bind(Path::new("/dev/null"), &folder.join(name)))
}

/// Lays an overlay over the folder whose upper layer says that they are gone.
fn stack(folder: &Path, names: &[String], whiteouts: &Path) -> LabResult<()> {
    make_folder(whiteouts, 0o755)?;
    for name in names {
        mknod(
            &whiteouts.join(name),
            SFlag::S_IFCHR,
            Mode::empty(),
            makedev(0, 0),
        )
        .map_err(|error| error.to_string())?;
    }
    mount::stack(whiteouts, folder)
}

#[cfg(test)]
mod tests {
    use super::is_the_clusters;

    #[test]
    fn the_clusters_programs_are_told_from_others_by_their_names() {
        for name in [
            "crm_resource",
            "crm_master",
            "pcs",
            "corosync-cfgtool",
            "pacemakerd",
            "attrd_updater",
        ] {
            assert!(is_the_clusters(name), "{name}");
        }
        for name in [
            "crmsh-like",
            "crontab",
            "virsh",
            "pcscd",
            "fence_virsh",
            "ocf-tester",
        ] {
            assert!(!is_the_clusters(name), "{name}");
        }
    }
}
