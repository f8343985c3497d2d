//! The lock on the subject's disk, as the kernel tells it of each open file of a process.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::stat::{major, minor};

use super::eyes::{Eyes, NodeView};
use crate::history::{Lock, Sighting, What};
use crate::lab::locks::Place;
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(80);

/// Opens an eye on the lock, if the lab has one.
pub(super) fn open(view: NodeView, recorder: Arc<Recorder>) -> Option<Eyes> {
    let Place { lock, disk, proc } = view.lock?;
    let mut last = None;
    let eyes = Eyes::open(format!("lock-{}", view.name), INTERVAL, move |always| {
        let at = recorder.now();
        // What cannot be seen is not told: the judge then has nothing to rely on.
        let Ok(held) = is_held(lock, &proc, &disk) else {
            return;
        };
        if always || last != Some(held) {
            let sighting = Sighting::Lock {
                node: view.name.clone(),
                lock,
                held,
            };
            recorder.record_at(at, What::Saw(sighting));
            last = Some(held);
        }
    });
    Some(eyes)
}

/// Whether a process in that process table holds the lock on the disk.
fn is_held(lock: Lock, proc: &Path, disk: &Path) -> io::Result<bool> {
    let file = fs::metadata(disk)?;
    let dev = file.dev();
    let id = format!("{:02x}:{:02x}:{}", major(dev), minor(dev), file.ino());
    for entry in fs::read_dir(proc)? {
        let process = entry?.path();
        if is_holder(lock, &process) && locks(lock, &process, &id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether that is the kind of process that takes the lock.
fn is_holder(lock: Lock, process: &Path) -> bool {
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    match lock {
        Lock::Image => name.starts_with("qemu"),
        Lock::Virtlockd => name.trim_end() == "virtlockd",
    }
}

/// Whether a process has locked the file of that id through one of its open files.
fn locks(lock: Lock, process: &Path, id: &str) -> io::Result<bool> {
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
        let told = entry.and_then(|entry| fs::read_to_string(entry.path()));
        match told {
            Err(error) if gone(&error) => {}
            Err(error) => return Err(error),
            Ok(text) if text.lines().any(|line| is_the_lock(line, lock, id)) => return Ok(true),
            Ok(_) => {}
        }
    }
    Ok(false)
}

/// A line such as `lock: 1: OFDLCK ADVISORY READ -1 00:55:1234 100 100`.
fn is_the_lock(line: &str, lock: Lock, id: &str) -> bool {
    let Some(rest) = line.strip_prefix("lock:") else {
        return false;
    };
    let kind = match lock {
        Lock::Image => "OFDLCK",
        Lock::Virtlockd => "POSIX",
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    words.contains(&kind) && words.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_known_by_its_kind_and_its_file() {
        let ofd = "lock:\t1: OFDLCK ADVISORY  READ -1 00:55:1234 100 100";
        let posix = "lock:\t1: POSIX  ADVISORY  WRITE 71 00:55:1234 0 0";
        assert!(is_the_lock(ofd, Lock::Image, "00:55:1234"));
        assert!(is_the_lock(posix, Lock::Virtlockd, "00:55:1234"));
        assert!(!is_the_lock(ofd, Lock::Virtlockd, "00:55:1234"));
        assert!(!is_the_lock(ofd, Lock::Image, "00:55:12345"));
        assert!(!is_the_lock("pos:\t0", Lock::Image, "00:55:1234"));
    }
}
