//! The disks of a lab's guests, as the harness reads and writes them.

use std::path::{Path, PathBuf};

use super::error::LabError;
use super::guest::{self, GuestDo, Record};
use super::lab::Lab;
use super::setup::{BYSTANDER, SUBJECT};
use crate::history::{Guest, NodeName};

impl Lab {
    /// The subject's disk, which all nodes share, as the harness reaches it.
    #[must_use]
    pub fn subject_disk(&self) -> PathBuf {
        self.tree().file(&format!("store/{SUBJECT}"))
    }

    /// The disk of a node's bystander, as the harness reaches it.
    #[must_use]
    pub fn bystander_disk(&self, node: &NodeName) -> PathBuf {
        self.tree().file(&format!("store/{node}"))
    }

    /// Tells the subject's guest something.
    ///
    /// # Errors
    /// When its disk cannot be written.
    pub fn guest_command(&self, what: GuestDo) -> Result<(), LabError> {
        let disk = self.subject_disk();
        guest::command(&disk, what).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation that has written to the subject's disk since the reset.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn guest_records(&self) -> Result<Vec<Record>, LabError> {
        let disk = self.subject_disk();
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation of a node's bystander.
    ///
    /// # Errors
    /// When its disk cannot be read.
    pub fn bystander_records(&self, node: &NodeName) -> Result<Vec<Record>, LabError> {
        let disk = self.bystander_disk(node);
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The log of a node's disk server: every request with its offset, times in UTC.
    ///
    /// A reset empties it: a reader has to begin at 0 again.
    #[must_use]
    pub fn write_log(&self, node: &NodeName, guest: Guest) -> PathBuf {
        match guest {
            Guest::Bystander => self.tree().file(&format!("log/{BYSTANDER}-{node}")),
            Guest::Subject | Guest::Stranger => self.tree().file(&format!("log/{SUBJECT}-{node}")),
        }
    }
}

fn file_error(path: &Path, source: std::io::Error) -> LabError {
    LabError::File {
        place: "the lab's store".to_owned(),
        path: path.to_owned(),
        source,
    }
}
