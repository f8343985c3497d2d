//! How the parts of the equipment reach their own daemons in a node of this machine.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::node::LocalNode;
use crate::equipment::PartId;
use crate::lab::command::Finished;
use crate::lab::equipment::PartNode;
use crate::lab::error::LabError;
use crate::lab::node::Node;
use crate::lab::process::Process;
use crate::lab::subcommand::{Hidden, PartCall};
use crate::lab::wait::wait_until;

/// How long the daemons of a part may take to start: each thing that they are waited for has a limit of its own.
const STARTING: Duration = Duration::from_secs(300);

impl PartNode for LocalNode {
    fn number(&self) -> u8 {
        self.setup.number
    }

    fn own_daemon(&self, name: &str) -> Option<Process> {
        self.processes.own_daemon(name)
    }

    fn end_daemon(&self, name: &str) -> Result<(), LabError> {
        wait_until(&format!("node {}: {name} is gone", self.name()), || {
            kill_all(&self.processes.left_of(name))
        })
    }

    fn end_all(&self, beginning: &str) -> Result<(), LabError> {
        wait_until(
            &format!("node {}: {beginning} is gone", self.name()),
            || kill_all(&self.all_named(beginning)),
        )
    }

    fn all_named(&self, beginning: &str) -> Vec<Process> {
        let mut all = self.processes.all();
        all.retain(|found| found.name.starts_with(beginning) && !found.has_ended());
        all
    }

    fn start_part(&self, part: PartId) -> Result<(), LabError> {
        let call = PartCall::new(part, &self.setup).argument();
        self.run_for("/proc/1/exe", &[Hidden::StartPart.word(), &call], STARTING)
            .map(drop)
    }

    fn run_command(&self, program: &str, args: &[&str]) -> Result<Finished, LabError> {
        self.run(program, args)
    }
}

/// Kills processes; whether there were none.
fn kill_all(processes: &[Process]) -> bool {
    for process in processes {
        // One that has just ended is what was wanted.
        let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
    }
    processes.is_empty()
}
