//! The daemon of a node's lock, where it has one.

use std::time::{Duration, Instant};

use super::node::LocalNode;
use crate::history::Lock;
use crate::lab::error::LabError;
use crate::lab::node::Node;
use crate::lab::process::Process;
use crate::lab::setup::{SANLOCK, VIRTLOCKD};
use crate::lab::subcommand::Hidden;

/// How long sanlock may take to let go what somebody held who has ended.
const LETTING_GO: Duration = Duration::from_secs(2);

impl LocalNode {
    pub(super) fn end_lock_daemon(&self) -> Result<(), LabError> {
        // To look for one costs a walk through the process table.
        let Some(name) = self.lock_daemon() else {
            return Ok(());
        };
        self.end_daemon(name)
    }

    pub(super) fn start_lock_daemon(&self) -> Result<(), LabError> {
        match self.lock_daemon() {
            Some(name) if self.own_daemon(name).is_none() => self
                .run("/proc/1/exe", &[Hidden::LockDaemon.word(), name])
                .map(drop),
            _ => Ok(()),
        }
    }

    pub(super) fn let_locks_go(&self) -> Result<(), LabError> {
        if self.lock == Some(Lock::Sanlock) && self.lets_leases_go() {
            return Ok(());
        }
        // With it ends whatever it still holds.
        self.end_lock_daemon()?;
        self.start_lock_daemon()
    }

    /// Whether sanlock runs and comes to hold no lease, now that whoever had one has ended. To start it anew takes three
    /// seconds.
    fn lets_leases_go(&self) -> bool {
        let runs = |daemon: Process| !daemon.is_stopped();
        if !self.own_daemon(SANLOCK).is_some_and(runs) {
            return false;
        }
        let deadline = Instant::now() + LETTING_GO;
        while Instant::now() < deadline {
            let Ok(status) = self.run(SANLOCK, &["client", "status"]) else {
                return false;
            };
            // A line for each lockspace that it has joined begins with `s`, and one for each lease with `r`.
            let has = |kind: &str| status.out.text.lines().any(|line| line.starts_with(kind));
            if has("s ") && !has("r ") {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The name of the lock's daemon.
    const fn lock_daemon(&self) -> Option<&'static str> {
        match self.lock {
            Some(Lock::Virtlockd) => Some(VIRTLOCKD),
            Some(Lock::Sanlock) => Some(SANLOCK),
            Some(Lock::Image | Lock::OwnImage) | None => None,
        }
    }
}
