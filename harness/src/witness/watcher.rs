//! One thread that looks again and again, and at once when it is asked to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a look may take until nobody waits for it any longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A slow look is followed by a pause that is so many times longer: otherwise looking would slow down what is looked at,
/// on a machine at the other end of a slow connection.
const SHARE: u32 = 2;

/// A look that somebody waits for: the channel that says when it is over.
type Request = SyncSender<()>;

/// A thread that watches one thing. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watcher {
    requests: Sender<Request>,
    /// Set while a look lasts that was given up: nobody waits again for one that a frozen daemon holds.
    held: Arc<AtomicBool>,
}

impl Watcher {
    /// Starts a thread that calls `look(false)` each `interval` and `look(true)` when asked.
    ///
    /// The argument says whether to record also what has not changed.
    pub(super) fn start(
        name: String,
        interval: Duration,
        mut look: impl FnMut(bool) + Send + 'static,
    ) -> Self {
        let (requests, received) = channel();
        let held = Arc::new(AtomicBool::new(false));
        let looking = Arc::clone(&held);
        let look = move |always| {
            look(always);
            looking.store(false, Ordering::Relaxed);
        };
        // A machine that cannot start a thread sees nothing; `look` then just times out, and the
        // judge has no sighting to rely on.
        let _ = thread::Builder::new()
            .name(name)
            .spawn(move || run(&received, interval, look));
        Self { requests, held }
    }

    /// Looks now and waits for that, but not for longer than a second. Whether it has looked.
    pub(super) fn observe(&self) -> bool {
        if self.held.load(Ordering::Relaxed) {
            return false;
        }
        let (done, wait) = sync_channel(1);
        let looked = self.requests.send(done).is_ok() && wait.recv_timeout(PATIENCE).is_ok();
        self.held.store(!looked, Ordering::Relaxed);
        looked
    }
}

fn run(requests: &Receiver<Request>, interval: Duration, mut look: impl FnMut(bool)) {
    let mut pause = interval;
    loop {
        match requests.recv_timeout(pause) {
            Ok(done) => {
                look(true);
                // Nobody waits any more when its patience has ended.
                let _ = done.try_send(());
            }
            Err(RecvTimeoutError::Timeout) => {
                let began = Instant::now();
                look(false);
                pause = interval.max(began.elapsed() * SHARE);
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
