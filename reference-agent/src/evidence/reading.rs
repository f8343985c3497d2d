//! Files of an operator's, which may lie in a folder that hangs as NFS does.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::libc;

use crate::ocf::{ExitCode, Failure};

/// The longest text that libvirt's protocol carries, in bytes (REMOTE_STRING_MAX).
pub(crate) const LONGEST: u64 = 4 << 20;

/// Does something with a file in a thread, which is left behind when it hangs; none when that takes longer.
pub(crate) fn in_time<T: Send + 'static>(
    within: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    // Where no thread can be made the sender goes with the closure.
    drop(thread::Builder::new().spawn(move || sender.send(work())));
    receiver.recv_timeout(within).ok()
}

/// Reads the definition's file, if that doesn't hang; of a longer one than libvirt takes one byte too many.
///
/// # Errors
/// As `Definition::load`.
pub(crate) fn read_within(path: &Path, within: Duration) -> Result<Vec<u8>, Failure> {
    let file = path.to_owned();
    let shown = path.display();
    match in_time(within, move || read(&file)) {
        Some(Ok(bytes)) => Ok(bytes),
        Some(Err(error)) => {
            let code = match error.kind() {
                io::ErrorKind::PermissionDenied => ExitCode::Permission,
                _ => ExitCode::Installed,
            };
            let why = format!("the definition {shown} can't be read: {error}");
            Err(Failure::new(code, why))
        }
        None => Err(Failure::generic(format!(
            "the definition {shown} could not be read within {:.1} s",
            within.as_secs_f64()
        ))),
    }
}

/// Reads a file that is one: a pipe would wait for a writer, and a device may never end.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("vm.xml");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        for place in [pipe.as_path(), folder.path()] {
            let failure = read_within(place, Duration::from_secs(60)).unwrap_err();
            assert_eq!(failure.code, ExitCode::Installed);
            assert!(failure.reason.contains("no regular file"), "{failure:?}");
        }
    }

    #[test]
    fn what_hangs_is_left_behind() {
        let for_ever = || -> () {
            loop {
                thread::park();
            }
        };
        assert_eq!(in_time(Duration::ZERO, for_ever), None);
    }
}
