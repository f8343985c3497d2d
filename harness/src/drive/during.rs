//! What is done while a migration runs: each deed at its moment, by a companion of the run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal;

use super::fault::Faults;
use super::phase;
use super::stage::Stage;
use super::{Trouble, steps};
use crate::case::{Addressee, Run, Signal, SignalName, Step};
use crate::history::{StepPath, What};
use crate::lab::Node;

/// Who does the deeds of a run's `during` while somebody else waits for the run.
pub(super) struct Companion<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) run: &'a Run,
    pub(super) step: Option<&'a StepPath>,
    pub(super) faults: &'a Faults,
    /// Where it runs.
    pub(super) node: &'a dyn Node,
    /// Its process group there.
    pub(super) group: i32,
    /// Set when the run has ended.
    pub(super) over: AtomicBool,
    /// Set before a signal that may end it is sent to the whole group.
    pub(super) killed: AtomicBool,
}

impl Companion<'_> {
    /// Waits for the run with `wait`, and does the deeds meanwhile; both ends are given back.
    pub(super) fn attend<T: Send>(&self, wait: impl FnOnce() -> T) -> (T, Result<(), Trouble>) {
        thread::scope(|scope| {
            let deeds = (!self.run.during.is_empty()).then(|| scope.spawn(|| self.deeds()));
            let ended = wait();
            self.over.store(true, Ordering::Relaxed);
            let panicked = || Err(Trouble::Given("the harness panicked".into()));
            let done = deeds.map_or(Ok(()), |deeds| deeds.join().unwrap_or_else(|_| panicked()));
            (ended, done)
        })
    }

    /// Whether the case has killed the run.
    pub(super) fn has_killed(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    fn deeds(&self) -> Result<(), Trouble> {
        let Some(step) = self.step else {
            return Ok(());
        };
        for (index, during) in self.run.during.iter().enumerate() {
            if let Some(moment) = during.when {
                let came = phase::wait(self.stage, self.run, moment, &self.over)?;
                if !came {
                    return Err(Trouble::NeverCame(phase::describe(moment)));
                }
            }
            self.stage.overdue()?;
            let at = step.during(index);
            match &during.deed {
                Step::Signal(wanted) => {
                    steps::announce(self.stage, &during.deed, &at);
                    self.signal(*wanted)?;
                }
                deed => steps::one(self.stage, deed, &at, self.faults)?,
            }
        }
        Ok(())
    }

    fn signal(&self, wanted: Signal) -> Result<(), Trouble> {
        let signal = match wanted.signal {
            SignalName::Kill => signal::SIGKILL,
            SignalName::Term => signal::SIGTERM,
            SignalName::Stop => signal::SIGSTOP,
            SignalName::Continue => signal::SIGCONT,
        };
        if self.over.load(Ordering::Relaxed) {
            return Err(Trouble::NoEffect(
                "the run had ended before the signal".into(),
            ));
        }
        match wanted.to {
            Addressee::Agent => {
                self.killed
                    .fetch_or(wanted.may_end_the_agent(), Ordering::Relaxed);
                self.node.signal_group(self.group, signal)?;
            }
            Addressee::Children => {
                let processes = self.node.processes()?;
                let mut children = processes
                    .iter()
                    .filter(|process| process.group == self.group && process.pid != self.group);
                let Some(first) = children.next() else {
                    return Err(Trouble::NoEffect("the agent has no children".into()));
                };
                for child in std::iter::once(first).chain(children) {
                    self.node.signal(child.pid, signal)?;
                }
            }
        }
        self.stage.recorder.record(What::Signal {
            node: self.run.node.clone(),
        });
        Ok(())
    }
}
