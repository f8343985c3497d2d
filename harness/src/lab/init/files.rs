//! The files in the nodes' own folders, compared with those at the lab's beginning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::lab::setup::{LabResult, LabSetup, NodeSetup, OWN_FOLDERS};

/// Every file and folder of every node at the lab's beginning.
#[derive(Default)]
pub(super) struct Beginning(BTreeSet<PathBuf>);

impl Beginning {
    /// The files that there are now.
    pub(super) fn now(lab: &LabSetup) -> Self {
        Self(lab.raised().flat_map(everything).collect())
    }

    /// The files of a node that there were.
    fn files_of(&self, node: &NodeSetup) -> impl Iterator<Item = &PathBuf> {
        let home = node.home();
        self.0.iter().filter(move |path| path.starts_with(&home))
    }

    /// The files of a node that came or went, by their paths in the node.
    pub(super) fn changes(&self, node: &NodeSetup) -> Vec<String> {
        let now: BTreeSet<PathBuf> = everything(node).collect();
        let gone = self.files_of(node).filter(|path| !now.contains(*path));
        let come = now.iter().filter(|path| !self.0.contains(*path));
        gone.chain(come)
            .map(|path| as_in_node(node, path))
            .collect()
    }

    /// Removes every file that was not there.
    ///
    /// # Errors
    /// When a file cannot be removed, or one that was there is gone.
    pub(super) fn restore(&self, lab: &LabSetup) -> LabResult<()> {
        lab.raised().try_for_each(|node| self.restore_node(node))
    }

    fn restore_node(&self, node: &NodeSetup) -> LabResult<()> {
        let now: BTreeSet<PathBuf> = everything(node).collect();
        // Folders come before what they hold, so backwards.
        for path in now.iter().rev().filter(|path| !self.0.contains(*path)) {
            remove(path)?;
        }
        match self.files_of(node).find(|path| !now.contains(*path)) {
            Some(gone) => Err(format!("{}: {} is gone", node.name, as_in_node(node, gone))),
            None => Ok(()),
        }
    }
}

/// Removes a file or an empty folder, if it is there.
pub(super) fn remove(path: &Path) -> LabResult<()> {
    let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
    let removed = if is_folder {
        fs::remove_dir(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        // libvirtd tidies up behind a domain at the same time.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Every file and folder in the folders that are a node's own.
fn everything(node: &NodeSetup) -> impl Iterator<Item = PathBuf> + use<> {
    let home = node.home();
    OWN_FOLDERS
        .iter()
        .flat_map(move |(name, _, _)| below(home.join(name)))
}

/// A folder and everything in it.
pub(super) fn below(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    let mut waiting = vec![folder];
    std::iter::from_fn(move || {
        let path = waiting.pop()?;
        if path.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            let inside = fs::read_dir(&path)
                .into_iter()
                .flatten()
                .filter_map(Result::ok);
            waiting.extend(inside.map(|entry| entry.path()));
        }
        Some(path)
    })
}

fn as_in_node(node: &NodeSetup, path: &Path) -> String {
    for (name, place, _) in OWN_FOLDERS {
        if let Ok(rest) = path.strip_prefix(node.home().join(name)) {
            return Path::new(place).join(rest).to_string_lossy().into_owned();
        }
    }
    path.to_string_lossy().into_owned()
}
