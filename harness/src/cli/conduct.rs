//! What every command that runs cases does around them: it handles signals, and sends the events of the run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::failure::Failure;
use crate::report::{Event, Identity, RunStart, Subject, Tool, now};
use crate::signals;
use crate::suite::Crew;

/// Set to end every case at its next wait: by a signal, by `--fail-fast`, or because the output is closed.
pub(super) static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Set by Ctrl-C, SIGTERM or SIGHUP, and by nothing else.
pub(super) static SIGNALLED: AtomicBool = AtomicBool::new(false);

/// Parses the value of `--seed`.
pub(super) fn seed(asked: &str) -> Result<u64, &'static str> {
    asked
        .parse()
        .map_err(|_| "expected a whole number of at most 19 digits")
}

/// Sends the event of the run's start, runs the cases, and sends the event of its end.
pub(super) fn conduct(start: RunStart, crew: &Crew, act: impl FnOnce()) {
    let began = Instant::now();
    crew.send(Event::RunStarted(RunStart {
        agent: crew.agent.to_string(),
        package: crew.package.clone(),
        profile: crew.profile.name.clone(),
        again: crew.again.clone(),
        identity: Box::new(identity(*start.identity, crew)),
        ..start
    }));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| watch(crew, &over));
        // Set on a panic too, or the scope would wait for the watcher for ever.
        let _done = Done(&over);
        act();
    });
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    crew.send(Event::RunEnded {
        took: millis(began.elapsed()),
        preparing: millis(crew.pool.prepared()),
        processor: millis(crew.pool.processor_time()),
        results: Some(crew.results.folder().display().to_string()),
        ended: Some(now()),
    });
}

/// What identifies the run, now that it begins.
fn identity(known: Identity, crew: &Crew) -> Identity {
    let package = crew.package.clone().or(known.subject.package);
    Identity {
        began: now(),
        tool: Tool::this(),
        subject: Subject {
            package,
            ..known.subject
        },
        ..known
    }
}

/// Sets its flag when it is dropped.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends the event of an interruption at once, for running actions may take a while to end.
fn watch(crew: &Crew, over: &AtomicBool) {
    let interrupted = || SIGNALLED.load(Ordering::Relaxed);
    while !over.load(Ordering::Relaxed) && !interrupted() {
        thread::sleep(Duration::from_millis(20));
    }
    if interrupted() {
        crew.send(Event::Interrupted);
    }
}

/// A second signal within this time counts as the first one, sent twice: by the terminal and by a parent, say.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// Lets Ctrl-C, SIGTERM and SIGHUP end the run: actions under way are killed, and cases end at their next wait. A later
/// second signal kills this process, which may be waiting for a machine to boot; its labs end with it however it dies.
pub(super) fn listen() -> Result<(), Failure> {
    let mut first = None;
    let mut heard = move || {
        let before = *first.get_or_insert_with(Instant::now);
        if before.elapsed() > SAME_SIGNAL {
            // Nothing else ends threads that wait for a machine or a tool.
            let _ = kill(Pid::this(), Signal::SIGKILL);
        }
        SIGNALLED.store(true, Ordering::Relaxed);
        INTERRUPTED.store(true, Ordering::Relaxed);
    };
    let uncaught = |error| Failure::inconclusive(format!("cannot catch signals: {error}"));
    // nohup(1) ignores SIGHUP.
    let all = [SIGINT, SIGTERM, SIGHUP].into_iter();
    let wanted = all.filter(|signal| *signal != SIGHUP || !signals::ignored().contains(signal));
    let mut signals = Signals::new(wanted).map_err(uncaught)?;
    thread::spawn(move || signals.forever().for_each(|_| heard()));
    Ok(())
}
