//! What runs the tests: while it lives, they share one command that runs the cases.

use std::os::fd::OwnedFd;
use std::str::FromStr;
use std::{env, fs, io};

use nix::errno::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::lab::Process;

/// The variable in which nextest names the run to its tests.
const RUN_ID: &str = "NEXTEST_RUN_ID";

/// nextest, which starts a process for each test; elsewhere the process that has all tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Runner {
    /// nextest's name of the run; none without nextest.
    pub(crate) run: Option<String>,
    /// Its process.
    pub(crate) pid: i32,
}

impl Runner {
    /// That of this process.
    pub(super) fn of_this_process() -> Self {
        let own = std::process::id().cast_signed();
        let run = env::var(RUN_ID).ok();
        match run.as_deref().and_then(|run| above(own, run)) {
            Some(pid) => Self { run, pid },
            None => Self {
                run: None,
                pid: own,
            },
        }
    }

    /// What all of its tests call their socket, and nobody else's.
    pub(super) fn socket(&self) -> String {
        format!("vrt-tests-{}-{}", nix::unistd::geteuid(), self.argument())
    }

    /// The process, to be waited for.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn open(&self) -> io::Result<OwnedFd> {
        let pid = Pid::from_raw(self.pid).ok_or(Errno::ESRCH)?;
        Ok(pidfd_open(pid, PidfdFlags::empty())?)
    }

    /// As an argument of the command.
    pub(super) fn argument(&self) -> String {
        let run = self.run.as_ref();
        let run = run.map_or_else(String::new, |run| format!(",{run}"));
        format!("{}{run}", self.pid)
    }
}

impl FromStr for Runner {
    type Err = &'static str;

    fn from_str(argument: &str) -> Result<Self, Self::Err> {
        let (pid, run) = argument.split_once(',').unwrap_or((argument, ""));
        Ok(Self {
            run: Some(run.to_owned()).filter(|run| !run.is_empty()),
            pid: pid.parse().map_err(|_| "expected a process id")?,
        })
    }
}

/// The nearest process above one that does not have the run's name in its environment: it has named the run. Wrappers
/// between it and its tests have it.
fn above(own: i32, run: &str) -> Option<i32> {
    let entry = format!("{RUN_ID}={run}");
    let parent = |pid: &i32| Process::read(*pid).map(|process| process.parent);
    let named = |pid: &i32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut entries = environment.split(|byte| *byte == 0);
        entries.any(|one| one == entry.as_bytes())
    };
    let all = std::iter::successors(Some(own), parent).skip(1);
    all.take_while(|pid| *pid > 1).find(|pid| !named(pid))
}

#[cfg(test)]
mod tests {
    use super::{Runner, above};

    #[test]
    fn a_runner_is_read_as_it_is_written() {
        for run in [None, Some("9c634903-05d4".to_owned())] {
            let runner = Runner { run, pid: 7 };
            assert_eq!(runner.argument().parse(), Ok(runner));
        }
        assert!("x".parse::<Runner>().is_err());
    }

    #[test]
    fn who_does_not_know_the_run_has_named_it() {
        let own = std::process::id().cast_signed();
        let parent = nix::unistd::getppid().as_raw();
        assert_eq!(above(own, "a run that nobody names"), Some(parent));
    }
}
