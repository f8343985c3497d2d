//! The results of a run whose cases another program's tests ask for: they are whole soon after that program has ended.

use std::fs::{self, File};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::results::{DEBUG_LOG, Results, ResultsError};
use crate::lab::Process;

/// The file that is there from the beginning of such a run until its results are whole.
const FILE: &str = "runner.json";

/// A process, and when it began in the kernel's ticks since boot.
#[derive(Serialize, Deserialize)]
struct Runner {
    pid: i32,
    started: u64,
}

/// Notes in the results of a run that this process runs the tests.
///
/// # Errors
/// When it cannot be written.
pub fn note_runner(results: &Results, pid: i32) -> Result<(), ResultsError> {
    let started = Process::read(pid).map_or(0, |process| process.started);
    let text = serde_json::to_vec(&Runner { pid, started }).unwrap_or_default();
    results.write(FILE, &text)
}

/// Notes that the results are whole.
pub fn forget_runner(results: &Results) {
    // Where it stays, nothing but a wait for a process that is gone comes of it.
    let _ = fs::remove_file(results.folder().join(FILE));
}

/// Waits until the results in a folder are whole, where what runs the tests has ended already: whoever reads the results
/// after nextest needs all of them. Until then the process that writes them locks its debug log.
pub(super) fn await_whole(folder: &Path) {
    let Some(runner) = read(folder) else { return };
    let lives = Process::read(runner.pid).is_some_and(|now| now.started == runner.started);
    if !lives {
        let log = File::open(folder.join(DEBUG_LOG));
        let _ = log.map(|log| log.lock_shared());
    }
}

fn read(folder: &Path) -> Option<Runner> {
    let text = fs::read(folder.join(FILE)).ok()?;
    serde_json::from_slice(&text).ok()
}
