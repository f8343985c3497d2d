//! The locks on files, as the kernel lists them for each open file of a process.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::sys::stat::{major, minor};

use super::part::LockSite;
use crate::lab::process_table::Table;

/// Whether a process of that name has locked the file by that kind of the kernel's locks.
pub(super) fn is_held_by(name: &str, kind: &str, site: &LockSite) -> io::Result<bool> {
    let file = fs::metadata(&site.file)?;
    let dev = file.dev();
    let id = format!("{:02x}:{:02x}:{}", major(dev), minor(dev), file.ino());
    let table = Table::open(&site.proc)?;
    for pid in table.pids() {
        let its_name = table.read(*pid, "comm").unwrap_or_default();
        let process = || site.proc.join(pid.to_string());
        if its_name.starts_with(name.as_bytes()) && locks(kind, &process(), &id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a process has locked the file of that id through one of its open files.
fn locks(kind: &str, process: &Path, id: &str) -> io::Result<bool> {
    let gone = |error: &io::Error| {
        // A process that ends meanwhile holds nothing.
        matches!(error.kind(), io::ErrorKind::NotFound)
            || error.raw_os_error() == Some(nix::libc::ESRCH)
    };
    let entries = match fs::read_dir(process.join("fdinfo")) {
        Err(error) if gone(&error) => return Ok(false),
        other => other?,
    };
    for entry in entries {
        let text = entry.and_then(|entry| fs::read_to_string(entry.path()));
        match text {
            Err(error) if gone(&error) => {}
            Err(error) => return Err(error),
            Ok(text) if text.lines().any(|line| is_the_lock(line, kind, id)) => return Ok(true),
            Ok(_) => {}
        }
    }
    Ok(false)
}

/// A line such as `lock: 1: OFDLCK ADVISORY READ -1 00:55:1234 100 100`.
fn is_the_lock(line: &str, kind: &str, id: &str) -> bool {
    let Some(rest) = line.strip_prefix("lock:") else {
        return false;
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    words.contains(&kind) && words.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::is_the_lock;

    #[test]
    fn a_lock_is_known_by_its_kind_and_its_file() {
        let ofd = "lock:\t1: OFDLCK ADVISORY  READ -1 00:55:1234 100 100";
        let posix = "lock:\t1: POSIX  ADVISORY  WRITE 71 00:55:1234 0 0";
        assert!(is_the_lock(ofd, "OFDLCK", "00:55:1234"));
        assert!(is_the_lock(posix, "POSIX", "00:55:1234"));
        assert!(!is_the_lock(ofd, "POSIX", "00:55:1234"));
        assert!(!is_the_lock(ofd, "OFDLCK", "00:55:12345"));
        assert!(!is_the_lock("pos:\t0", "OFDLCK", "00:55:1234"));
    }
}
