//! One thread that looks again and again, and at once when it is asked to.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::history::{Guest, NodeName};
use crate::lab::{Hypervisor, LockSite, Node};

/// How long a look may take before it is told as "saw nothing".
const PATIENCE: Duration = Duration::from_secs(1);

/// A look that takes long is followed by a pause that is so many times longer: looking must not slow down what is
/// looked at, as it would on a machine at the other end of a slow connection.
const SHARE: u32 = 2;

/// What a witness needs to know of a node to see it from outside.
#[derive(Clone, Debug)]
pub struct NodeView {
    /// The node's name in cases.
    pub name: NodeName,
    /// The node itself, to be looked at and never to be touched.
    pub node: Arc<dyn Node>,
    /// What runs its guests.
    pub hypervisor: &'static dyn Hypervisor,
    /// The log of the subject's disk server.
    pub subject_log: PathBuf,
    /// The log of the bystander's disk server.
    pub bystander_log: PathBuf,
    /// The lock of the lab, where it has one.
    pub lock: Option<LockSite>,
}

/// The guests of a lab, and where their disks lie.
#[derive(Clone, Debug)]
pub struct Subjects {
    /// The subject's UUID and its shared disk.
    pub subject: (String, PathBuf),
    /// Each node's bystander: node, UUID, disk.
    pub bystanders: Vec<(NodeName, String, PathBuf)>,
    /// The UUID of the stranger.
    pub stranger: String,
    /// What runs the subject; libvirt is asked about it only where it is libvirt.
    pub engine: Engine,
}

impl Subjects {
    /// Whose UUID that is, on that node.
    #[must_use]
    pub fn guest_of(&self, uuid: &str) -> Option<Guest> {
        if uuid == self.subject.0 {
            Some(Guest::Subject)
        } else if uuid == self.stranger {
            Some(Guest::Stranger)
        } else if self
            .bystanders
            .iter()
            .any(|(_, bystander, _)| bystander == uuid)
        {
            Some(Guest::Bystander)
        } else {
            None
        }
    }

    /// Whom libvirt is asked about on that node, with their UUIDs.
    #[must_use]
    pub fn on(&self, node: &NodeName) -> Vec<(Guest, String)> {
        let subject = self.engine.asks_libvirt();
        let subject = subject.then(|| (Guest::Subject, self.subject.0.clone()));
        let mut guests = Vec::from_iter(subject);
        let own = self.bystanders.iter().filter(|(of, ..)| of == node);
        guests.extend(own.map(|(_, uuid, _)| (Guest::Bystander, uuid.clone())));
        guests
    }
}

/// A look that somebody waits for: who is told when it is over.
type Request = SyncSender<()>;

/// The handle of a looking thread. The thread ends when the handle is dropped.
#[derive(Debug)]
pub(super) struct Eyes {
    requests: Sender<Request>,
    /// Set while a look lasts: one that a frozen daemon holds is not waited for again and again.
    held: Arc<AtomicBool>,
}

impl Eyes {
    /// Starts a thread that calls `look(false)` each `interval` and `look(true)` when asked.
    ///
    /// The argument says whether to record also what has not changed.
    pub(super) fn open(
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

    /// Looks now, and returns when it has looked or its patience ends. Says whether it has looked.
    pub(super) fn look(&self) -> bool {
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
