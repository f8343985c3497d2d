//! Commands in a node: what they get, how they end, what they print and leave.

use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use virt_ra_tester::history::Exit;
use virt_ra_tester::lab::{Command, Process};
use virt_ra_tester::ocf::Code;

use super::{in_lab, node, sh, until};

#[test]
fn a_command_gets_its_environment_and_no_other() {
    in_lab(|lab| {
        let mut command = Command::new("/usr/bin/env", ["--null"]);
        command.env = [("ONLY".to_owned(), "this".to_owned())].into();
        let running = node(lab, "a").exec(&command).unwrap();
        let done = running
            .wait(Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert_eq!(done.out.bytes, 10, "{}", done.out.text);
        assert!(done.out.binary);
    });
}

#[test]
fn a_command_makes_files_by_its_mask_and_another_by_the_usual_one() {
    in_lab(|lab| {
        let a = node(lab, "a");
        let mut command = Command::new("sh", ["-c", "umask"]);
        command.umask = 0o026;
        let running = a.exec(&command).unwrap();
        let done = running.wait(Instant::now() + Duration::from_secs(10));
        assert_eq!(done.unwrap().out.text, "0026\n");
        assert_eq!(sh(a, "umask", 10).out.text, "0022\n");
    });
}

#[test]
fn exits_by_code_signal_and_timeout_are_told_apart() {
    in_lab(|lab| {
        let a = node(lab, "a");
        assert_eq!(sh(a, "exit 7", 10).exit, Exit::Code(Code::NotRunning));
        assert_eq!(sh(a, "exit 77", 10).exit, Exit::Other(77));
        assert_eq!(sh(a, "kill -USR1 $$", 10).exit, Exit::Signal(10));
        assert_eq!(sh(a, "kill -STOP $$", 0).exit, Exit::TimedOut);
        let late = sh(a, "trap '' TERM; sleep 1000 & sleep 1000", 0);
        assert_eq!(late.exit, Exit::TimedOut);
        assert_eq!(late.left_running, []);
    });
}

#[test]
fn a_command_that_is_killed_alone_leaves_what_it_has_started() {
    in_lab(|lab| {
        let a = node(lab, "a");
        let script = "sleep 1000 & echo started >/run/alone; wait";
        let mut command = Command::new("sh", ["-c", script]);
        command.alone = true;
        let running = a.exec(&command).unwrap();
        until("it has started something", || {
            a.read(Path::new("/run/alone")).unwrap().is_some()
        });
        let finished = running.wait(Instant::now()).unwrap();
        assert_eq!(finished.exit, Exit::TimedOut);
        let left = finished.left_running;
        assert_eq!(left.len(), 1, "{left:?}");
        a.signal(left[0].pid, Signal::SIGKILL).unwrap();
    });
}

#[test]
fn a_command_that_is_not_there_is_an_error_and_no_exit_code() {
    in_lab(|lab| {
        let error = node(lab, "a")
            .exec(&Command::new("/no/such", [""; 0]))
            .unwrap_err();
        assert!(
            error.to_string().contains("cannot execute /no/such"),
            "{error}"
        );
    });
}

#[test]
fn a_command_leads_its_own_group_and_runs_as_the_user_it_is_given() {
    in_lab(|lab| {
        let a = node(lab, "a");
        let group = sh(a, "ps -o pid=,pgid= -p $$", 10).out.text;
        let ids: Vec<&str> = group.split_whitespace().collect();
        assert_eq!(ids[0], ids[1]);
        let mut command = Command::new("id", ["-un"]);
        command.user = "nobody".to_owned();
        let running = a.exec(&command).unwrap();
        let done = running
            .wait(Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert_eq!(done.out.text, "nobody\n");
    });
}

#[test]
fn output_is_bounded_and_a_child_left_behind_is_seen_and_not_waited_for() {
    in_lab(|lab| {
        let a = node(lab, "a");
        let done = sh(a, "yes | head -c 1000000; echo end", 30);
        assert_eq!(done.out.bytes, 1_000_004);
        assert!(done.out.cut && done.out.text.len() < 300_000 && done.out.text.ends_with("end\n"));
        let done = sh(a, "echo begun; sleep 987 &", 10);
        assert_eq!(done.out.text, "begun\n");
        let left: Vec<String> = done
            .left_running
            .iter()
            .map(Process::command_line)
            .collect();
        // Or still the shell's own, when it has forked and not yet executed.
        assert!(left.len() == 1 && left[0].contains("sleep 987"), "{left:?}");
    });
}
