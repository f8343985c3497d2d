use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use virt::domain::Domain;
use virt::error::Error;

/// How long libvirt may take to pass something on: an engine's own tool never waits for a guest or its emulator.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks libvirt for it and lets go when it does not answer soon: an engine does not answer for the guest either.
pub(super) fn pass_on<T>(
    guest: Domain,
    ask: impl FnOnce(&Domain) -> Result<T, Error> + Send + 'static,
) {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = ask(&guest);
        let _ = sender.send(());
    });
    let _ = receiver.recv_timeout(PATIENCE);
}
