//! A daemon of the cluster that is killed or stands still.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::injection::Injection;
use crate::case::{ClusterDaemon, Pause};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{Node, Process};

/// How many letters of a name the kernel keeps. Source: `TASK_COMM_LEN`.
const LONGEST_NAME: usize = 15;

/// How long a signal may take to have its effect.
const PATIENCE: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_millis(5);

pub(super) struct Pacemaker<'a> {
    pub(super) node: &'a NodeName,
    pub(super) daemon: ClusterDaemon,
    pub(super) what: Pause,
}

impl Injection for Pacemaker<'_> {
    fn describe(&self) -> String {
        let (program, node) = (self.daemon.program(), self.node);
        match self.what {
            Pause::Freeze => format!("freeze {program} on {node}"),
            Pause::Kill => format!("kill {program} on {node}"),
        }
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.node)?;
        let daemon = self.process(node)?.ok_or_else(|| {
            let program = self.daemon.program();
            Trouble::Step(format!("{program} does not run on {}", self.node))
        })?;
        match self.what {
            Pause::Kill => node.signal(daemon.pid, Signal::SIGKILL)?,
            Pause::Freeze => node.signal(daemon.pid, Signal::SIGSTOP)?,
        }
        let is_done = |now: Option<&Process>| match self.what {
            Pause::Kill => now.is_none(),
            Pause::Freeze => now.is_some_and(Process::is_stopped),
        };
        let is_it = |process: &&Process| {
            process.pid == daemon.pid && process.started == daemon.started && !process.has_ended()
        };
        let deadline = Instant::now() + PATIENCE;
        while !is_done(node.processes()?.iter().find(is_it)) {
            if Instant::now() > deadline {
                return Err(Trouble::NoEffect(self.describe()));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Lets one go on that stands still. Nothing starts those again that Pacemaker itself does not: their lab is replaced.
    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.node)?;
        match self.process(node)? {
            Some(daemon) if daemon.is_stopped() => Ok(node.signal(daemon.pid, Signal::SIGCONT)?),
            _ => Ok(()),
        }
    }
}

impl Pacemaker<'_> {
    /// The daemon's process, if it runs. The kernel cuts its name.
    fn process(&self, node: &dyn Node) -> Result<Option<Process>, Trouble> {
        let program = self.daemon.program();
        let name = program.get(..LONGEST_NAME).unwrap_or(program);
        let mut processes = node.processes()?.into_iter();
        Ok(processes.find(|process| process.name == name && !process.has_ended()))
    }
}
