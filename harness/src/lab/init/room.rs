//! The room in a node's folders, which are one tmpfs for each node: taken away, and given back.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sys::statvfs::statvfs;

use crate::lab::setup::{LabResult, NodeSetup};

/// How much a node may store while nobody has taken its room: what the kernel gives a tmpfs by itself.
const USUAL: &str = "size=50%";

/// How often the room is taken until nothing is left: the node's daemons may write meanwhile.
const TRIES: u32 = 20;

/// A kilobyte more than nothing: what can no longer be written.
const LITTLE: [u8; 1024] = [b'x'; 1024];

/// Takes all room away, so that every byte more than there is fails with ENOSPC; nothing is written for that.
pub(super) fn take(node: &NodeSetup) -> LabResult<()> {
    for _ in 0..TRIES {
        let used = used(&node.home())?;
        // Refused when something was written since.
        if resize(&node.home(), &format!("size={used}")).is_ok() && !has_room(&node.home())? {
            return Ok(());
        }
    }
    Err(format!("the folders of {} cannot be filled", node.name))
}

/// Gives the room back, and tries it.
pub(super) fn give(node: &NodeSetup) -> LabResult<()> {
    resize(&node.home(), USUAL)?;
    if has_room(&node.home())? {
        return Ok(());
    }
    Err(format!("the folders of {} are still full", node.name))
}

fn used(home: &Path) -> LabResult<u64> {
    let space = statvfs(home).map_err(|error| format!("cannot ask for the room: {error}"))?;
    Ok((space.blocks() - space.blocks_free()) * space.fragment_size())
}

fn resize(home: &Path, size: &str) -> LabResult<()> {
    let flags = MsFlags::MS_REMOUNT;
    mount(None::<&str>, home, None::<&str>, flags, Some(size))
        .map_err(|error| format!("cannot give {} the {size}: {error}", home.display()))
}

/// Whether a file can still be written, beside the folders that the node itself sees.
fn has_room(home: &Path) -> LabResult<bool> {
    let file = home.join("tried");
    let written = fs::write(&file, LITTLE);
    fs::remove_file(&file).map_err(|error| format!("cannot try the room: {error}"))?;
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::StorageFull => Ok(false),
        Err(error) => Err(format!("cannot try the room: {error}")),
    }
}
