//! What goes to every machine of a lab beside programs: the keys by which the nodes know each other, and packages of agents,
//! as one file that is unpacked there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::{FsFlags, statvfs};

use crate::lab::error::LabError;
use crate::lab::local::Tree;
use crate::lab::setup::{KEYS, PACKAGED};
use crate::lab::spec::LabSpec;
use crate::lab::tools::run_tool;

/// Ready to go, on this machine.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    /// The keys that all nodes share, by the files' names.
    pub(super) keys: BTreeMap<String, Vec<u8>>,
    /// The file with the packages.
    pub(super) packages: Option<PathBuf>,
}

impl Payload {
    /// Takes the keys that the lab's first process has made, and packs the packages into a file on the lab's tmpfs.
    ///
    /// # Errors
    /// When there is no tar, or no room.
    pub(super) fn pack(spec: &LabSpec, store: &Tree) -> Result<Self, LabError> {
        let archive = store.file("store/packages.tar");
        let packed = |root: &PathBuf| pack(root, &archive).map(|()| archive.clone());
        let packages = spec.packages.as_ref().map(packed).transpose();
        Ok(Self {
            keys: read_all(&store.file(KEYS))?,
            packages: packages.map_err(|why| LabError::NotUp { why })?,
        })
    }
}

fn read_all(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, LabError> {
    let read = || {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(entry.path())?);
        }
        Ok(files)
    };
    read().map_err(|error: std::io::Error| LabError::NotUp {
        why: format!("cannot read the keys in {}: {error}", folder.display()),
    })
}

/// Packs what nodes are shown of the unpacked packages below `root`. The same packages give the same bytes, so that a
/// machine which has them is not brought them again.
fn pack(root: &Path, archive: &Path) -> Result<(), String> {
    let (root_text, archive) = (root.display().to_string(), archive.display().to_string());
    let inside = PACKAGED.map(|place| place.trim_start_matches('/'));
    let there = inside.into_iter().filter(|place| root.join(place).is_dir());
    let how = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"];
    let args = how.into_iter().chain(["-cf", &archive, "-C", &root_text]);
    let args: Vec<&str> = args.chain(there).collect();
    run_tool("tar", &args)
}

/// Unpacks such a file into a new folder.
///
/// # Errors
/// When there is no tar, or no room: in a sentence.
pub(super) fn unpack(archive: &Path, folder: PathBuf) -> Result<PathBuf, String> {
    let parent = folder.parent().unwrap_or(&folder);
    if statvfs(parent).is_ok_and(|it| it.flags().contains(FsFlags::ST_NOEXEC)) {
        let parent = parent.display();
        return Err(format!(
            "nothing may be executed in {parent}, where packages are unpacked"
        ));
    }
    std::fs::create_dir(&folder)
        .map_err(|error| format!("cannot make {} for packages: {error}", folder.display()))?;
    let (from, into) = (archive.display().to_string(), folder.display().to_string());
    run_tool("tar", &["--no-same-owner", "-xf", &from, "-C", &into])?;
    Ok(folder)
}
