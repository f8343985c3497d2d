//! The local labs that run now, each found by the command that holds it: no list of them is kept anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};

use super::error::LabError;
use super::process::{self, Process};
use super::subcommand::Hidden;

/// How many clock ticks /proc counts in a second: the kernel's USER_HZ, which is 100 on every Linux that runs QEMU.
pub(super) const TICKS: u64 = 100;

/// A command that holds labs: they live as long as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    command: Process,
    /// The first processes of the labs.
    labs: Vec<Process>,
    /// How long it has been running.
    pub age: Duration,
}

impl Holder {
    /// Every command of this user that holds labs, the oldest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut found = BTreeMap::new();
        for lab in process::all().filter(is_lab) {
            // Above a lab's first process is `unshare`, and above that who started it.
            let holder = Process::read(lab.parent).and_then(|above| Process::read(above.parent));
            if let Some(holder) = holder.filter(|holder| is_ours(holder.pid)) {
                let (_, labs) = found.entry(holder.pid).or_insert((holder, Vec::new()));
                labs.push(lab);
            }
        }
        let now = uptime();
        let held = found.into_values().map(|(command, labs)| Self {
            age: now.saturating_sub(Duration::from_millis(command.started * 1000 / TICKS)),
            command,
            labs,
        });
        let mut held: Vec<_> = held.collect();
        held.sort_by_key(|holder| (holder.command.started, holder.command.pid));
        held
    }

    /// How many labs it holds.
    #[must_use]
    pub fn labs(&self) -> usize {
        self.labs.len()
    }

    /// The command's process id.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.command.pid
    }

    /// What was typed, but for the program's folder.
    #[must_use]
    pub fn typed(&self) -> String {
        let mut words = self.command.args.iter().map(String::as_str);
        let program = words.next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        std::iter::once(program)
            .chain(words)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether the command does nothing but hold a lab.
    #[must_use]
    pub fn only_holds(&self) -> bool {
        let words: Vec<_> = self
            .command
            .args
            .iter()
            .skip(1)
            .map(String::as_str)
            .collect();
        words.first() == Some(&"lab") && words.contains(&"up")
    }

    /// Asks the command to end, as Ctrl-C would.
    ///
    /// # Errors
    /// When it may not be asked.
    pub fn end(&self) -> Result<(), LabError> {
        match kill(Pid::from_raw(self.pid()), Signal::SIGTERM) {
            Ok(()) | Err(nix::errno::Errno::ESRCH) => Ok(()),
            Err(error) => Err(LabError::NotAnswering {
                request: format!("end {}", self.pid()),
                why: error.to_string(),
            }),
        }
    }

    /// Whether that very command is there no more, nor any of its labs.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let gone = |was: &Process| {
            let now = Process::read(was.pid);
            now.is_none_or(|now| now.started != was.started || now.state == 'Z')
        };
        gone(&self.command) && self.labs.iter().all(gone)
    }
}

fn is_lab(process: &Process) -> bool {
    process
        .args
        .get(1)
        .is_some_and(|word| word == Hidden::LabInit.word())
}

fn is_ours(pid: i32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() == Uid::effective().as_raw())
}

fn uptime() -> Duration {
    let text = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or_default())
}
