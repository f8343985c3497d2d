//! `run --serve`: runs the cases that the tests of cargo or nextest ask for, until what runs the tests has ended.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::net::sockopt::socket_peercred;

use super::conduct::{INTERRUPTED, SIGNALLED, conduct};
use super::exit::Exit;
use super::failure::Failure;
use super::tell::ended;
use crate::case::{Durations, LoadedCase, Suite};
use crate::judge::Severity;
use crate::plan::Plan;
use crate::report::{
    Event, EventLog, Reporter, Results, RunStart, Skip, counted, forget_runner, note_runner,
    replay_own, write_run,
};
use crate::suite::{
    CaseAnswer, Crew, PlanAnswer, Request, Runner, longest_first, receive, run_one, send,
};

/// How often is looked whether a signal has come, in milliseconds.
const POLL: u16 = 100;

/// What tests may ask for.
pub(super) struct Tests {
    pub(super) plan: Plan,
    pub(super) start: RunStart,
    pub(super) suite: Suite,
}

impl Tests {
    /// Serves the tests of a runner, and writes the results when it has ended. Where none has asked for a case, as when
    /// tests are only listed, there are no results.
    ///
    /// # Errors
    /// When standard input is no socket, or the results cannot be written.
    pub(super) fn serve(
        self,
        runner: &Runner,
        (crew, events): (Arc<Crew>, Receiver<Event>),
    ) -> Result<Exit, Failure> {
        let results = crew.results.clone();
        let socket = io::stdin().as_fd().try_clone_to_owned()?;
        let telling = begin(&results, runner, events).inspect_err(|_| results.withdraw())?;
        let skipped = self.plan.skipped.iter();
        let skipped = skipped.map(|(id, why)| Skip::new(id.clone(), why.clone()));
        let start = RunStart {
            total: self.plan.chosen.len(),
            skipped: skipped.collect(),
            ..self.start
        };
        let desk = Desk::of(self.plan, &self.suite.durations, crew);
        conduct(start, &desk.crew, || {
            desk.open(&UnixListener::from(socket), runner);
        });
        let asked = desk.asked.load(Ordering::Relaxed);
        drop(desk);
        ended(telling)??;
        if asked == 0 {
            results.withdraw();
            return Ok(Exit::NothingSelected);
        }
        let events = replay_own(results.folder());
        let events = events.map_err(|error| Failure::inconclusive(error.to_string()))?;
        write_run(&results, self.suite, &counted(events))?;
        forget_runner(&results);
        Ok(Exit::Conforms)
    }
}

/// Begins the results, into which events are written as they come.
fn begin(
    results: &Results,
    runner: &Runner,
    events: Receiver<Event>,
) -> Result<JoinHandle<io::Result<()>>, Failure> {
    note_runner(results, runner.pid).map_err(io::Error::from)?;
    let mut log = EventLog::create(results).map_err(io::Error::from)?;
    Ok(thread::spawn(move || {
        let written = events.iter().try_for_each(|event| log.event(&event));
        // What cannot be kept is not worth running.
        written.inspect_err(|_| INTERRUPTED.store(true, Ordering::Relaxed))
    }))
}

/// Where tests ask.
struct Desk {
    crew: Arc<Crew>,
    chosen: Vec<LoadedCase>,
    skipped: Vec<(String, String)>,
    /// How often a case was asked for.
    asked: AtomicUsize,
    /// How many cases are being run.
    running: AtomicUsize,
    /// What cases came to that accuse the agent. They are not run again: a verdict that comes true at the second try is none.
    accusations: Mutex<BTreeMap<String, CaseAnswer>>,
}

impl Desk {
    fn of(plan: Plan, durations: &Durations, crew: Arc<Crew>) -> Self {
        let mut chosen = plan.chosen;
        let common = crew.profile.lab_equipment();
        longest_first(&mut chosen, durations, common, |case| case);
        let skipped = plan.skipped.into_iter();
        Self {
            crew,
            chosen,
            skipped: skipped.map(|(id, why)| (id.0, why.to_string())).collect(),
            asked: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            accusations: Mutex::default(),
        }
    }

    /// Serves until the runner has ended. Cases that run then were interrupted with it.
    fn open(&self, socket: &UnixListener, runner: &Runner) {
        let Ok(process) = runner.open() else { return };
        thread::scope(|scope| {
            while let Some(caller) = next(socket, process.as_fd()) {
                scope.spawn(move || {
                    // A test that has been killed waits for no answer.
                    let _ = self.attend(&caller);
                });
            }
            if self.running.load(Ordering::Relaxed) > 0 {
                SIGNALLED.store(true, Ordering::Relaxed);
                INTERRUPTED.store(true, Ordering::Relaxed);
            }
        });
    }

    fn attend(&self, caller: &UnixStream) -> io::Result<()> {
        // Anybody may call, and only this user's tests are served.
        if socket_peercred(caller)?.uid.as_raw() != nix::unistd::geteuid().as_raw() {
            return Ok(());
        }
        match receive(caller)? {
            Request::Plan => send(caller, &self.plan()),
            Request::Case(id) => send(caller, &self.case(&id)),
        }
    }

    fn plan(&self) -> PlanAnswer {
        PlanAnswer {
            chosen: self.chosen.iter().map(|case| case.id.0.clone()).collect(),
            skipped: self.skipped.clone(),
        }
    }

    fn case(&self, id: &str) -> CaseAnswer {
        let unmet = |text: &str| CaseAnswer {
            is_met: false,
            text: text.to_owned(),
        };
        let accusations = || self.accusations.lock();
        let known = accusations().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(id) {
            return known.clone();
        }
        drop(known);
        let Some(case) = self.chosen.iter().find(|case| case.id.0 == id) else {
            return unmet("the plan of this run does not have the case");
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        let ended = run_one(case, &self.crew);
        self.running.fetch_sub(1, Ordering::Relaxed);
        let Some((end, text)) = ended else {
            return unmet("the run was interrupted before the case had a verdict");
        };
        let is_met = !end.has_failed() && end.verdict.severity != Severity::Unknown;
        let answer = CaseAnswer { is_met, text };
        if end.has_failed() {
            let mut known = accusations().unwrap_or_else(PoisonError::into_inner);
            known.insert(id.to_owned(), answer.clone());
        }
        answer
    }
}

/// The next caller; none once the runner has ended, or a signal has come.
fn next(socket: &UnixListener, runner: std::os::fd::BorrowedFd<'_>) -> Option<UnixStream> {
    loop {
        let wanted = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut both = [wanted(socket.as_fd()), wanted(runner)];
        match poll(&mut both, PollTimeout::from(POLL)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
        let is_ready = |fd: &PollFd<'_>| fd.any().unwrap_or_default();
        if is_ready(&both[1]) || SIGNALLED.load(Ordering::Relaxed) {
            return None;
        }
        if is_ready(&both[0]) {
            return socket.accept().ok().map(|(caller, _)| caller);
        }
    }
}
