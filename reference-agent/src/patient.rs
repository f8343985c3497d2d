//! Files read with an end: a file system whose server is gone lets a reader wait without end.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a read may take. A definition is some kilobytes.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reads a whole file, unless that takes too long. The thread that still waits then ends with the agent.
///
/// # Errors
/// Those of reading, or that it took too long.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || sender.send(fs::read(path)));
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let why = "its file system doesn't answer";
        Err(io::Error::new(io::ErrorKind::TimedOut, why))
    })
}
