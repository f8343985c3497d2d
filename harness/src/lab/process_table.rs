//! A process table, read again and again: each look costs what is looked at, and is made from a folder held open.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use nix::dir::Dir;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;

/// Enough for most files of a process table at once.
const PAGE: usize = 4096;

/// A mounted process table, such as `/proc`.
pub(crate) struct Table {
    folder: Dir,
    pids: Vec<i32>,
}

impl Table {
    /// Opens the folder and notes which processes there are.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut folder = Dir::open(folder, flags, Mode::empty())?;
        let names = folder.iter().flatten();
        let pids = names
            .filter_map(|entry| entry.file_name().to_str().ok()?.parse().ok())
            .collect();
        Ok(Self { folder, pids })
    }

    /// The ids of the processes that there were, in the kernel's order.
    pub(crate) fn pids(&self) -> &[i32] {
        &self.pids
    }

    /// A file of a process; none when it has ended.
    pub(crate) fn read(&self, pid: i32, file: &str) -> Option<Vec<u8>> {
        read(self.folder.as_fd(), &format!("{pid}/{file}"))
    }
}

/// A file of a process of this machine; none when it has ended.
pub(super) fn read_here(pid: i32, file: &str) -> Option<Vec<u8>> {
    read(AT_FDCWD, &format!("/proc/{pid}/{file}"))
}

/// The fields of a `stat` after the name, of which the first is the state. The name may hold blanks and brackets: what
/// follows begins after the last bracket. Source: proc_pid_stat(5).
pub(super) fn after_name(stat: &str) -> Option<std::str::SplitWhitespace<'_>> {
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace())
}

fn read(folder: BorrowedFd<'_>, path: &str) -> Option<Vec<u8>> {
    let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    let file = File::from(openat(folder, path, flags, Mode::empty()).ok()?);
    let mut content = Vec::with_capacity(PAGE);
    // The limit is none; it keeps the file from being asked for its length first, which the kernel does not know.
    file.take(u64::MAX).read_to_end(&mut content).ok()?;
    Some(content)
}
