//! A run of the agent while it is under way, and what is done meanwhile: each step of its `during` at its moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal;

use super::phase;
use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{Addressee, Phase, Run, Signal, SignalName, Step};
use crate::history::{StepPath, What};
use crate::lab::Node;

/// Carries out a step with that address beside that run.
pub(super) type RunStep<'a> =
    dyn Fn(&Step, &StepPath, &UnderWay<'_>) -> Result<(), Trouble> + Sync + 'a;

/// How often a run looks whether the user has interrupted the suite.
const LOOKS: Duration = Duration::from_millis(50);

/// A run of the agent that has begun.
pub(super) struct UnderWay<'a> {
    stage: &'a Stage<'a>,
    run: &'a Run,
    /// Where it runs.
    node: &'a dyn Node,
    /// Its process group there, which is its first process too.
    group: i32,
    /// Set when the run has ended.
    over: AtomicBool,
    /// Set before a signal that may end it is sent to the whole group.
    killed: AtomicBool,
}

impl<'a> UnderWay<'a> {
    /// A run in that process group of a node.
    pub(super) const fn new(
        stage: &'a Stage<'a>,
        run: &'a Run,
        node: &'a dyn Node,
        group: i32,
    ) -> Self {
        Self {
            stage,
            run,
            node,
            group,
            over: AtomicBool::new(false),
            killed: AtomicBool::new(false),
        }
    }

    /// Waits for the run with `wait`, and meanwhile carries out its `during` with `run_step`; returns how both ended. A run
    /// without an address, which makes the given world, has no `during`. When the user interrupts the suite, the run is
    /// killed: it may have minutes left.
    pub(super) fn wait_beside<T: Send>(
        &self,
        at: Option<&StepPath>,
        wait: impl FnOnce() -> T,
        run_step: &RunStep<'_>,
    ) -> (T, Result<(), Trouble>) {
        let at = at.filter(|_| !self.run.during.is_empty());
        thread::scope(|scope| {
            let steps = at.map(|at| scope.spawn(|| self.run_during(at, run_step)));
            let guard = scope.spawn(|| self.kill_when_interrupted());
            let ended = wait();
            self.over.store(true, Ordering::Relaxed);
            guard.thread().unpark();
            let panicked = || Err(Trouble::Step("the harness panicked".into()));
            let done = steps.map_or(Ok(()), |steps| steps.join().unwrap_or_else(|_| panicked()));
            (ended, done)
        })
    }

    /// Whether the case has killed it.
    pub(super) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    fn kill_when_interrupted(&self) {
        while !self.over.load(Ordering::Relaxed) {
            if self.stage.is_interrupted() {
                self.killed.store(true, Ordering::Relaxed);
                // Where it has just ended, or its node is lost, the wait is over too.
                let _ = self.node.signal_group(self.group, signal::SIGKILL);
                return;
            }
            thread::park_timeout(LOOKS);
        }
    }

    fn run_during(&self, at: &StepPath, run_step: &RunStep<'_>) -> Result<(), Trouble> {
        for (index, during) in self.run.during.iter().enumerate() {
            if let Some(moment) = during.when {
                let came = self.wait_for(moment)?;
                if !came {
                    return Err(Trouble::NeverCame(phase::describe(moment)));
                }
            }
            self.stage.check_deadline()?;
            run_step(&during.step, &at.during(index), self)?;
        }
        Ok(())
    }

    fn wait_for(&self, moment: Phase) -> Result<bool, Trouble> {
        let Some(target) = &self.run.to else {
            let text = "a run without a target is no migration";
            return Err(Trouble::Step(text.into()));
        };
        let over = || self.over.load(Ordering::Relaxed);
        phase::wait(self.stage, [&self.run.node, target], moment, &over)
    }

    /// Sends it a signal, which is to take effect.
    ///
    /// # Errors
    /// When it has ended before, or nobody is there to get the signal.
    pub(super) fn signal(&self, wanted: Signal) -> Result<(), Trouble> {
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
                let dialect = self.stage.actors.profile.dialect;
                match dialect.rules().kills_group() {
                    true => self.node.signal_group(self.group, signal)?,
                    false => self.node.signal(self.group, signal)?,
                }
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
