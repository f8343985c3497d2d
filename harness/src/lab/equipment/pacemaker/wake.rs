//! Wakes a controller that sleeps while its cluster starts.
//!
//! It sleeps a whole second before it asks for a DC, and a second where it reads the CIB while an update is under way: three
//! to four seconds in all until two nodes are a cluster, in which nothing is done (`do_cl_join_query` and
//! `do_pe_invoke_callback` in Pacemaker 2.1.5). A signal that it catches ends such a sleep at once. SIGPIPE is one that it ignores otherwise, in
//! all versions from 2.0 to 3.0; it is sent to none that does not catch it, for it would end it. While a case runs
//! nobody does so, but where the case has a node join again: a controller sleeps as it does everywhere.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::lab::process::Process;
use crate::lab::process_table::read_here;
use crate::signals::in_status;

/// How the name of the controller begins: the kernel cuts names.
pub(super) const CONTROLLER: &str = "pacemaker-contr";

/// Ends the sleep of the controllers among some processes, which are named by their ids here.
pub(super) fn wake(processes: impl IntoIterator<Item = Process>) {
    let all = processes.into_iter();
    for found in all.filter(|found| found.name.starts_with(CONTROLLER)) {
        if catches_sigpipe(&text(found.pid, "status")) && sleeps(&text(found.pid, "wchan")) {
            // One that has just ended needs none.
            let _ = kill(Pid::from_raw(found.pid), Signal::SIGPIPE);
        }
    }
}

fn text(pid: i32, file: &str) -> String {
    let read = read_here(pid, file).unwrap_or_default();
    String::from_utf8_lossy(&read).into_owned()
}

/// By `/proc/PID/status`.
fn catches_sigpipe(status: &str) -> bool {
    in_status("SigCgt", status).contains(&(Signal::SIGPIPE as i32))
}

/// By the kernel's function that it waits in.
fn sleeps(waits_in: &str) -> bool {
    waits_in.contains("nanosleep")
}

#[cfg(test)]
mod tests {
    use super::{catches_sigpipe, sleeps};

    #[test]
    fn only_a_controller_that_catches_the_signal_is_sent_it() {
        // As a controller of Pacemaker 2.1.5 has it, and a program that does nothing about signals.
        assert!(catches_sigpipe(
            "SigIgn:\t0000000000000000\nSigCgt:\t0000000000005a10\n"
        ));
        assert!(!catches_sigpipe(
            "SigIgn:\t0000000000001000\nSigCgt:\t0000000000000000\n"
        ));
        assert!(!catches_sigpipe(""));
    }

    #[test]
    fn a_sleep_is_told_from_other_waits() {
        assert!(sleeps("hrtimer_nanosleep"));
        assert!(!sleeps("do_sys_poll"));
        // What the kernel shows to those who may not know.
        assert!(!sleeps("0"));
    }
}
