//! The keys by which the nodes of a lab know each other, where its transport takes keys.

use std::fs;
use std::path::Path;

use crate::lab::setup::{HOME, KEYS, LabResult, LabSetup};
use crate::lab::tools::make_folder;

/// Makes the folder for keys, and takes those into it that were made where the disks are.
pub(super) fn make_folder_of_keys(lab: &LabSetup) -> LabResult<()> {
    let folder = Path::new(HOME).join(KEYS);
    make_folder(&folder, 0o700)?;
    lab.keys
        .as_deref()
        .map_or(Ok(()), |brought| take(brought, &folder))
}

fn take(brought: &Path, folder: &Path) -> LabResult<()> {
    let failed = |error| format!("cannot take the keys in {}: {error}", brought.display());
    for entry in fs::read_dir(brought).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let name = file.file_name().unwrap_or_default();
        fs::copy(&file, folder.join(name)).map_err(failed)?;
    }
    Ok(())
}
