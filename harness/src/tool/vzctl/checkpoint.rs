//! `chkpnt` and `restore`: a container's memory goes to a file, which all nodes see, and comes back from it.

use std::process::{Command, Stdio};

use super::container::Container;
use super::failed::{Failed, NO_CHECKPOINT, NOT_RESTORED, NOT_RUNNING, failed};
use crate::tool::print::print;

/// `chkpnt`: the container is down afterwards. A file that was there is written over.
pub(super) fn checkpoint(container: &Container<'_>) -> Result<(), Failed> {
    if container.guest().is_none() {
        let text = "Unable to setup checkpointing: container is not running";
        return failed(NOT_RUNNING, text);
    }
    print("Setting up checkpoint...\n\tsuspend...\n\tdump...")?;
    // The library has no word for it.
    let saved = Command::new("/usr/bin/virsh")
        .args(["--connect", "qemu:///system", "--quiet", "save"])
        .args([container.uuid.as_ref(), container.dump().as_os_str()])
        .stdout(Stdio::null())
        .output()?;
    if !saved.status.success() {
        let why = String::from_utf8_lossy(&saved.stderr);
        let text = format!(
            "Can not dump container: {}\nCheckpointing failed",
            why.trim()
        );
        return failed(NO_CHECKPOINT, text);
    }
    Ok(print("\tkill...\nCheckpointing completed successfully")?)
}

/// `restore`: the container goes on. The file stays where it is, until a start removes it.
pub(super) fn restore(container: &Container<'_>) -> Result<(), Failed> {
    if container.guest().is_some() {
        let text = "Unable to perform restore: container already running";
        return failed(NOT_RUNNING, text);
    }
    print("Restoring container ...")?;
    let dump = container.dump();
    if !dump.exists() {
        let text = format!(
            "Unable to open {}: No such file or directory",
            dump.display()
        );
        return failed(NOT_RESTORED, text);
    }
    let libvirt = container.kernel.libvirt();
    if let Err(error) = libvirt.restore_domain(&dump.to_string_lossy()) {
        let text = format!(
            "Error: undump failed: {}\nContainer restore failed",
            error.message()
        );
        return failed(NOT_RESTORED, text);
    }
    Ok(print(
        "\tundump...\n\tresume...\nRestoring completed successfully",
    )?)
}
