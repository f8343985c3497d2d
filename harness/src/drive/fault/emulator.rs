//! An emulator of the subject that is killed or stands still.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::injection::Injection;
use crate::case::Pause;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::Process;

/// How long it may take until the effect is seen.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Emulator<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: Pause,
}

impl Injection for Emulator<'_> {
    fn describe(&self) -> String {
        format!("{:?} the emulator on {}", self.what, self.node).to_lowercase()
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let signal = match self.what {
            Pause::Freeze => Signal::SIGSTOP,
            Pause::Kill => Signal::SIGKILL,
        };
        let found = self.processes(stage)?;
        if found.is_empty() {
            return Err(Trouble::NoEffect(self.describe()));
        }
        self.send(stage, &found, signal)?;
        self.await_effect(stage)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        if self.what == Pause::Kill {
            return Ok(());
        }
        let mut frozen = self.processes(stage)?;
        frozen.retain(|emulator| emulator.state == 'T');
        self.send(stage, &frozen, Signal::SIGCONT)
    }
}

impl Emulator<'_> {
    /// Waits until every emulator of the subject on the node stands still, or is gone.
    ///
    /// # Errors
    /// When one of them does not.
    pub(super) fn await_effect(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let state = match self.what {
            Pause::Freeze => 'T',
            Pause::Kill => 'Z',
        };
        let until = Instant::now() + PATIENCE * stage.lab.pace();
        let took_effect = |emulator: &Process| emulator.state == state;
        while !self.processes(stage)?.iter().all(took_effect) {
            if Instant::now() > until {
                return Err(Trouble::NoEffect(self.describe()));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The subject's emulators on the node.
    fn processes(&self, stage: &Stage<'_>) -> Result<Vec<Process>, Trouble> {
        let uuid = stage.lab.subject().uuid;
        let mut processes = stage.node(self.node)?.processes()?;
        processes.retain(|process| process.domain_uuid() == Some(uuid.as_str()));
        Ok(processes)
    }

    fn send(
        &self,
        stage: &Stage<'_>,
        processes: &[Process],
        signal: Signal,
    ) -> Result<(), Trouble> {
        let node = stage.node(self.node)?;
        for process in processes {
            node.signal(process.pid, signal)?;
        }
        Ok(())
    }
}
