//! The drivers that a node's libvirtd loads: all that the machine has, but for those that no guest of the lab needs.
//!
//! The driver of host devices lists each device of the machine and calls tools for that; together with the one of
//! packet filters it takes more than half of what a libvirtd needs to start. Distributions that package the drivers one
//! by one leave it to their users whether to install these two.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::equipment::{Containers, Equipment};
use crate::lab::setup::{LabResult, VISIBLE};
use crate::lab::tools::make_folder;

/// The node's folder with those that are chosen.
pub(super) const FOLDER: &str = "drivers";

/// What libvirt looks for them by (`virFileFindResourceFull`), in the place of its own folder.
const VARIABLE: &str = "LIBVIRT_DRIVER_DIR";

/// The driver that every lab needs: all others lie beside it.
const QEMU: &str = "libvirt_driver_qemu.so";

/// The driver of containers, which other labs would only start later with.
const LXC: &str = "libvirt_driver_lxc.so";

const NEEDLESS: [&str; 2] = ["libvirt_driver_nodedev.so", "libvirt_driver_nwfilter.so"];

/// Makes a folder of links to the machine's drivers; an empty one where they do not lie where distributions put them.
pub(super) fn choose(folder: &Path, equipment: &Equipment) -> LabResult<()> {
    let has_containers = equipment.containers == Some(Containers::Libvirt);
    make_folder(folder, 0o755)?;
    let failed = |error: std::io::Error| format!("cannot choose libvirt's drivers: {error}");
    let Some(all) = installed() else {
        return Ok(());
    };
    for driver in fs::read_dir(all).map_err(failed)? {
        let driver = driver.map_err(failed)?;
        let name = driver.file_name();
        let is_needless = NEEDLESS.iter().any(|needless| name == *needless);
        if !is_needless && (has_containers || name != LXC) {
            symlink(driver.path(), folder.join(name)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Lets a libvirtd on this node load those that were chosen, if any were.
pub(super) fn name_to(libvirtd: &mut Command) {
    let folder = Path::new(VISIBLE).join(FOLDER);
    if folder.join(QEMU).exists() {
        libvirtd.env(VARIABLE, folder);
    }
}

/// The machine's folder of drivers.
fn installed() -> Option<PathBuf> {
    let architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let libraries = ["/usr/lib64", "/usr/lib"].map(PathBuf::from).into_iter();
    libraries
        .chain(architectures.map(|entry| entry.path()))
        .map(|library| library.join("libvirt/connection-driver"))
        .find(|folder| folder.join(QEMU).exists())
}
