//! A node's files, reached from outside by the root folder of its first process.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::Mode;

use crate::history::NodeName;
use crate::lab::error::LabError;
use crate::lab::node::Entry;

/// The most that is read of a file, in bytes: an agent may leave one of any size.
const LONGEST: u64 = 64 << 20;

/// The files of one node.
#[derive(Clone, Debug)]
pub(super) struct Files {
    node: NodeName,
    init: i32,
}

impl Files {
    /// The files of the node whose first process has this id on the host.
    pub(super) const fn new(node: NodeName, init: i32) -> Self {
        Self { node, init }
    }

    /// The path under which a path of the node is seen from outside; a symbolic link on it may lead astray.
    pub(super) fn outside(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.init));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    pub(super) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError> {
        let read = || {
            // A pipe that an agent left would be waited for without end.
            let file = File::from(self.open(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK, 0)?);
            if !file.metadata()?.is_file() {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "it is no plain file",
                ));
            }
            let mut content = Vec::new();
            file.take(LONGEST).read_to_end(&mut content)?;
            Ok(content)
        };
        self.if_there(path, read())
    }

    pub(super) fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError> {
        self.put_entry(path, entry)
            .map_err(|source| self.error(path, source))
    }

    pub(super) fn remove(&self, path: &Path) -> Result<(), LabError> {
        self.if_there(path, self.remove_entry(path)).map(drop)
    }

    pub(super) fn mode(&self, path: &Path) -> Result<Option<u32>, LabError> {
        let mode = || {
            let file = File::from(self.open(path, OFlag::O_PATH, 0)?);
            Ok(file.metadata()?.permissions().mode())
        };
        self.if_there(path, mode())
    }

    /// Opens a path of the node; absolute symbolic links stay in the node, or /var/run would be the
    /// host's.
    pub(super) fn open(&self, path: &Path, flags: OFlag, mode: u32) -> io::Result<OwnedFd> {
        let root = format!("/proc/{}/root", self.init);
        let directory = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = open(root.as_str(), directory, Mode::empty())?;
        let mut how = OpenHow::new()
            .flags(flags | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        if flags.contains(OFlag::O_CREAT) {
            how = how.mode(Mode::from_bits_truncate(mode));
        }
        Ok(openat2(&root, path, how)?)
    }

    /// What came of asking for a file; none when there is none.
    fn if_there<T>(&self, path: &Path, asked: io::Result<T>) -> Result<Option<T>, LabError> {
        match asked {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error(path, source)),
        }
    }

    fn error(&self, path: &Path, source: io::Error) -> LabError {
        LabError::File {
            place: format!("node {}", self.node),
            path: path.to_owned(),
            source,
        }
    }

    /// Opens the folder that a path of the node lies in.
    fn folder_of(&self, path: &Path, make: bool) -> io::Result<OwnedFd> {
        let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
        match self.open(folder, OFlag::O_PATH | OFlag::O_DIRECTORY, 0) {
            Err(error) if make && error.kind() == ErrorKind::NotFound => {
                let above = self.folder_of(folder, make)?;
                make_folder(&within(&above, folder))?;
                self.folder_of(path, make)
            }
            found => found,
        }
    }

    fn put_entry(&self, path: &Path, entry: &Entry) -> io::Result<()> {
        let folder = self.folder_of(path, true)?;
        let place = within(&folder, path);
        let is_folder = place.is_dir();
        match entry {
            Entry::Folder if is_folder => return Ok(()),
            _ if is_folder => fs::remove_dir(&place)?,
            // A file is written into where it lies.
            Entry::File(..) => {}
            Entry::Folder | Entry::Link(_) => remove_file(&place)?,
        }
        match entry {
            Entry::Folder => make_folder(&place),
            Entry::Link(to) => symlink(to, &place),
            Entry::File(content, mode) => {
                let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
                let mut file = File::from(self.open(path, flags, *mode)?);
                // The mask of the harness and an older file's mode must not matter.
                file.set_permissions(fs::Permissions::from_mode(*mode))?;
                file.write_all(content)
            }
        }
    }

    fn remove_entry(&self, path: &Path) -> io::Result<()> {
        let folder = self.folder_of(path, false)?;
        let place = within(&folder, path);
        match place.is_dir() {
            true => fs::remove_dir(&place),
            false => fs::remove_file(&place),
        }
    }
}

/// A path in a folder that is held open, by the path's last name.
fn within(folder: &OwnedFd, path: &Path) -> PathBuf {
    let folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    folder.join(path.file_name().unwrap_or_default())
}

/// Makes a folder that all users of the node may look into, whatever the mask of the harness.
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Removes a file, if it is there.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
