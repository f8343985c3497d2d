//! `status_program`: what the operator has run to see whether the guest is well.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpid};

use crate::clock::Deadline;
use crate::ocf::Failure;

/// The depth from which on it is run.
pub(super) const DEPTH: u32 = 10;

/// The search path of whatever this agent starts: rgmanager gives it none.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The word by which this program runs itself as the program's guard. rgmanager kills nobody but the agent's own process: the
/// guard then ends the program.
pub(super) const GUARD: &str = "guard-status-program";

/// Runs the program, a line for the shell.
///
/// # Errors
/// Code 1 when it fails, and when it doesn't end in time.
pub(super) fn check(program: &str, until: Deadline) -> Result<(), Failure> {
    let failed = |how: String| Failure::generic(format!("status_program `{program}` {how}"));
    let guard = Command::new("/proc/self/exe")
        .arg(GUARD)
        .arg(program)
        .env("PATH", PATH)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut guard = guard.map_err(|error| failed(format!("can't be run: {error}")))?;
    let ended = until.poll(Duration::from_millis(20), || guard.try_wait().transpose());
    match ended {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(failed(shown(status))),
        Some(Err(error)) => Err(failed(format!("can't be waited for: {error}"))),
        None => {
            end(&mut guard);
            Err(failed("did not end in time".to_owned()))
        }
    }
}

fn shown(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with {code}"),
        None => format!(
            "was ended by signal {}",
            status.signal().unwrap_or_default()
        ),
    }
}

/// Kills the guard, and all that the program has started.
fn end(guard: &mut Child) {
    if let Ok(group) = i32::try_from(guard.id()) {
        // One that has just ended is what is wanted.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        let _ = guard.wait();
    }
}

/// As the guard: runs the program, and ends it with itself once the agent is gone. The code to exit with.
pub(super) fn guard() -> i32 {
    thread::spawn(|| {
        // The other end closes with the agent, however that ends.
        let _ = std::io::stdin().read(&mut [0]);
        let _ = killpg(getpid(), Signal::SIGKILL);
    });
    let line = std::env::args_os().nth(2).unwrap_or_default();
    let status = Command::new("/bin/sh")
        .arg("-c")
        .arg(line)
        .stdin(Stdio::null())
        .status();
    status.ok().and_then(|status| status.code()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_said_in_words() {
        assert_eq!(shown(ExitStatus::from_raw(9 << 8)), "ended with 9");
        assert_eq!(shown(ExitStatus::from_raw(9)), "was ended by signal 9");
    }
}
