//! Evidence of a crash: the memory of a crashed guest, saved before `stop` destroys it.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::statvfs::statvfs;

use crate::libvirt::guest::Guest;
use crate::libvirt::trouble::Trouble;
use crate::stderr;

/// Saves a crashed guest's memory in the folder that the operator gave for it, and says where, or why not.
///
/// It takes no longer than `within`, and no more than half of the room that is free there: a guest that crashes
/// again and again must not fill the disk. It is evidence, and never a reason for `stop` to fail.
pub(super) fn save(guest: &Guest<'_>, folder: &Path, within: Duration) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    // A name that no other dump has.
    let file = folder.join(format!("{}-{now}.core", guest.uuid));
    let folder = folder.to_owned();
    let has_room = move |bytes| enough_room(&folder, bytes);
    match guest.save_memory(file.clone(), within, has_room) {
        Ok(()) => stderr::print(&format!(
            "the crashed guest's memory was saved in {}",
            file.display()
        )),
        Err(trouble) => stderr::print(&format!(
            "the crashed guest's memory could not be saved: {}",
            trouble.why()
        )),
    }
}

/// Whether so many bytes may be written to a folder.
fn enough_room(folder: &Path, bytes: u64) -> Result<(), Trouble> {
    let failed = |why: String| Trouble::Failed(format!("{}: {why}", folder.display()));
    let room = statvfs(folder).map_err(|error| failed(error.desc().to_owned()))?;
    let free = room.blocks_available().saturating_mul(room.fragment_size());
    if bytes <= free / 2 {
        return Ok(());
    }
    Err(failed(format!(
        "its {bytes} bytes are more than half of the {free} bytes that are free there"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_takes_half_of_the_free_room_at_most() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(enough_room(folder.path(), 0).is_ok());
        let why = |result: Result<(), Trouble>| result.expect_err("refused").why().to_owned();
        let much = why(enough_room(folder.path(), u64::MAX));
        assert!(much.contains("more than half"), "{much}");
        let nowhere = why(enough_room(&folder.path().join("none"), 0));
        assert!(nowhere.contains("/none: "), "{nowhere}");
    }
}
