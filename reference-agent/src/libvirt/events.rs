//! libvirt's event loop: without it a connection sends no keepalives, and answers none.
//!
//! A migration needs them on both sides. Here they show that the destination is gone, which nothing else does before TCP
//! gives up after a quarter of an hour. There they show that this node is gone: libvirt then ends the guest that has half
//! arrived, and otherwise keeps it for ever. So the loop runs only where a migration is begun.

use std::sync::Once;
use std::thread;
use std::time::Duration;

use virt::connect::Connect;
use virt::event::{event_register_default_impl, event_run_default_impl};

use super::library;
use super::trouble::Trouble;
use crate::stderr;

/// How often a silent connection is asked for a sign of life, in seconds.
const INTERVAL: i32 = 4;

/// How many of these may go unanswered: with the interval, a destination is gone after twenty seconds, where a slow link
/// delays an answer by a few.
const COUNT: u32 = 4;

/// Begins the loop. Only connections that are opened afterwards have keepalives.
///
/// # Errors
/// Without libvirt's library.
pub(super) fn begin() -> Result<(), Trouble> {
    static BEGUN: Once = Once::new();
    library::load().map_err(Trouble::Missing)?;
    BEGUN.call_once(|| {
        if event_register_default_impl().is_ok() {
            drop(thread::Builder::new().spawn(run));
        }
    });
    Ok(())
}

/// Turns the loop, to the end of the process.
fn run() {
    loop {
        if event_run_default_impl().is_err() {
            thread::sleep(Duration::from_secs(1));
        }
    }
}

/// Has a connection watched: `is_alive` says when its other end is gone. Without that only TCP notices.
pub(super) fn watch(connection: &Connect) {
    if let Err(error) = connection.set_keep_alive(INTERVAL, COUNT) {
        stderr::print(&format!(
            "the connection to the destination can't be watched: {}",
            error.message()
        ));
    }
}
