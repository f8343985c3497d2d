use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::to_json;
use crate::lab::error::LabError;

/// What is put at a path of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A file with that content and mode.
    File(Vec<u8>, u32),
    /// A folder, which may be there already.
    Folder,
    /// A symbolic link.
    Link(PathBuf),
}

/// A node's files, by their paths in the node.
pub trait FileAccess {
    /// Reads a file; none when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError>;

    /// Puts something at a path, in the place of the file or empty folder that is there. Folders above are made.
    ///
    /// # Errors
    /// When it cannot be put there.
    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError>;

    /// Removes a file or an empty folder, if it is there.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, path: &Path) -> Result<(), LabError>;

    /// The permission bits of a file or folder; none when there is none.
    ///
    /// # Errors
    /// When the node does not answer.
    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError>;
}

/// The same as messages.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum FileRequest {
    Read(PathBuf),
    Put(PathBuf, Entry),
    Remove(PathBuf),
    Mode(PathBuf),
}

impl FileRequest {
    /// Does what it asks for.
    pub(in crate::lab) fn answer(self, node: &impl FileAccess) -> Result<Value, String> {
        match self {
            Self::Read(path) => to_json(node.read(&path)),
            Self::Put(path, entry) => to_json(node.put(&path, &entry)),
            Self::Remove(path) => to_json(node.remove(&path)),
            Self::Mode(path) => to_json(node.mode(&path)),
        }
    }
}
