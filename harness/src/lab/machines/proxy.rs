//! Sockets of one mount namespace shown in another.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

/// Listens at `place`, and carries whatever connects there to the socket at `to`, for as long as this process lives.
///
/// # Errors
/// When it cannot listen there.
pub(super) fn show(place: &Path, to: PathBuf) -> io::Result<()> {
    let listener = UnixListener::bind(place)?;
    thread::spawn(move || {
        for from in listener.incoming().map_while(Result::ok) {
            // Looked up each time: the daemon behind it may have been started anew.
            if let Ok(to) = UnixStream::connect(&to) {
                carry(from, to);
            }
        }
    });
    Ok(())
}

/// Carries both ways until each side has ended what it says.
fn carry(one: UnixStream, other: UnixStream) {
    let (Ok(one_too), Ok(other_too)) = (one.try_clone(), other.try_clone()) else {
        return;
    };
    thread::spawn(move || copy(&one, &other));
    thread::spawn(move || copy(&other_too, &one_too));
}

fn copy(mut from: &UnixStream, mut to: &UnixStream) {
    // Whatever ends it, the other side is told that no more comes.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
