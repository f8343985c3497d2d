//! The lock on the subject's disk: as the kernel tells it of each open file of a process, or as sanlock's lease has it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::stat::{major, minor};

use super::eyes::{Eyes, NodeView};
use crate::history::{Lock, Sighting, What};
use crate::lab::locks::Place;
use crate::lab::process_table::Table;
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(80);

/// How much of a lease's file tells its owner, in bytes.
const SECTOR: usize = 512;

/// Opens an eye on the lock, if the lab has one.
pub(super) fn open(view: NodeView, recorder: Arc<Recorder>) -> Option<Eyes> {
    let place = view.lock?;
    let lock = place.lock;
    let mut last = None;
    let eyes = Eyes::open(format!("lock-{}", view.name), INTERVAL, move |always| {
        let at = recorder.now();
        // What cannot be seen is not told: the judge then has nothing to rely on.
        let Ok(held) = is_held(&place) else {
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

/// Whether the lock is held on the node.
fn is_held(place: &Place) -> io::Result<bool> {
    match place.lock {
        Lock::Image | Lock::OwnImage => is_held_by("qemu", "OFDLCK", place),
        Lock::Virtlockd => is_held_by("virtlockd", "POSIX", place),
        Lock::Sanlock => {
            let mut leader = [0; SECTOR];
            File::open(&place.file)?.read_exact(&mut leader)?;
            Ok(owner(&leader) == Some(place.host))
        }
    }
}

/// Whether a process of that name has locked the file by that kind of the kernel's locks.
fn is_held_by(name: &str, kind: &str, place: &Place) -> io::Result<bool> {
    let file = fs::metadata(&place.file)?;
    let dev = file.dev();
    let id = format!("{:02x}:{:02x}:{}", major(dev), minor(dev), file.ino());
    let table = Table::open(&place.proc)?;
    for pid in table.pids() {
        let its_name = table.read(*pid, "comm").unwrap_or_default();
        let process = || place.proc.join(pid.to_string());
        if its_name.starts_with(name.as_bytes()) && locks(kind, &process(), &id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The host that has a lease, as the first sector of its file tells it; none when it is free.
///
/// Source: `struct leader_record` in sanlock's `leader.h`, in the little-endian order that is written to disk.
fn owner(lease: &[u8]) -> Option<u64> {
    const OWNER: usize = 32;
    const TIMESTAMP: usize = 152;
    let number = |at: usize| Some(u64::from_le_bytes(*lease.get(at..)?.first_chunk()?));
    let taken = number(TIMESTAMP)? != 0;
    number(OWNER).filter(|_| taken)
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
        let told = entry.and_then(|entry| fs::read_to_string(entry.path()));
        match told {
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
    use super::*;

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

    #[test]
    fn a_lease_names_its_owner_until_it_is_let_go() {
        let mut lease = [0; SECTOR];
        assert_eq!(owner(&lease), None);
        lease[32] = 2;
        lease[152] = 9;
        assert_eq!(owner(&lease), Some(2));
        lease[152] = 0;
        assert_eq!(owner(&lease), None);
        assert_eq!(owner(b"short"), None);
    }
}
