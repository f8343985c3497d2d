//! Folders of this machine that are laid over places of a node.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use crate::lab::mount;
use crate::lab::setup::{LabResult, LaidOver};
use crate::lab::tools::make_folder;

/// A folder that is held open, since a node's own folders may cover it.
pub(super) struct Held<'a> {
    over: &'a LaidOver,
    folder: OwnedFd,
}

impl<'a> Held<'a> {
    pub(super) fn hold(over: &'a LaidOver) -> LabResult<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let folder = open(&over.folder, flags, Mode::empty()).map_err(|error| {
            let (folder, place) = (over.folder.display(), over.place.display());
            format!("cannot lay {folder} over {place}: {error}")
        })?;
        Ok(Self { over, folder })
    }

    fn shown(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.folder.as_raw_fd()).into()
    }

    /// Lays it over a place that the machine has; `own` is a folder of the node's to build in.
    pub(super) fn lay(&self, own: &Path) -> LabResult<()> {
        let place = &self.over.place;
        if self.over.is_in_own_folder() {
            return Ok(());
        }
        if !place.is_dir() {
            make_room(place, &own.join("room"))?;
        }
        let both = own.join("both");
        make_folder(&both, 0o755)?;
        mount::lay_over(&self.shown(), place, &both)
    }

    /// Shows it in a place that is in one of the node's own folders, once they are there.
    pub(super) fn show(&self) -> LabResult<()> {
        if !self.over.is_in_own_folder() {
            return Ok(());
        }
        make_folder(&self.over.place, 0o755)?;
        mount::bind_read_only(&self.shown(), &self.over.place)
    }
}

/// Makes a place that the machine lacks, in the last folder on the way to it that is there.
fn make_room(place: &Path, own: &Path) -> LabResult<()> {
    let mut above = place.ancestors().filter(|folder| folder.parent().is_some());
    let Some(there) = above.find(|folder| folder.is_dir()) else {
        let first = place.iter().take(2).collect::<PathBuf>();
        return Err(format!(
            "no folder can be shown at {} while this machine has no {}: make that folder",
            place.display(),
            first.display()
        ));
    };
    let missing = place.strip_prefix(there).unwrap_or(place);
    make_folder(&own.join(missing), 0o755)?;
    let there = fs::canonicalize(there).map_err(|error| error.to_string())?;
    mount::complete(own, &there)
}
