//! Labs without a run: they are found by what runs, ended by a word to the command that holds them, and leave
//! nothing behind. Other labs may run on the same machine: only those that the test made are ended.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::processes::{self, Process};
use conformance_tests::program::{program, virt_ra_tester, write_faulty_agent};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use virt_ra_tester::equipment::{Cluster, PartId};
use virt_ra_tester::lab::Lacks;

/// How long anything may take to come about, or to be gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that holds a lab, killed when the test is over if it has not ended before.
struct Holding(Child);

impl Holding {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("it can be started"))
    }

    fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    /// A fresh lab that is up, and what it said of itself.
    fn up() -> (Self, String) {
        Self::up_with(&[])
    }

    /// The same with more options.
    fn up_with(options: &[&str]) -> (Self, String) {
        let mut holding = Self::start(
            Command::new(program())
                .args(["lab", "up"])
                .args(options)
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        );
        let out = holding.0.stdout.take().expect("it is a pipe");
        let mut lines = BufReader::new(out)
            .lines()
            .map(|line| line.expect("it is text"));
        let said: Vec<_> = lines.by_ref().take(4).collect();
        (holding, said.join("\n"))
    }

    fn has_ended_with(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(ended) = self.0.try_wait().expect("it is our child") {
                return ended.code();
            }
            assert!(Instant::now() < deadline, "it does not end");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn are_gone(found: &BTreeSet<Process>) {
    let deadline = Instant::now() + PATIENCE;
    let left = || {
        found
            .iter()
            .filter(|process| process.lives())
            .collect::<Vec<_>>()
    };
    while !left().is_empty() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(left().is_empty(), "{:#?}", left());
}

fn is_listed(pid: i32) -> bool {
    let said = virt_ra_tester(Path::new("/"), &["lab", "status"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let begins = |line: &str| line.trim_start().starts_with(&format!("{pid} "));
    said.out.lines().any(begins)
}

#[test]
fn a_lab_that_is_up_is_listed_entered_and_taken_down() {
    let (mut holding, said) = Holding::up();
    let found = processes::descendants(holding.pid());
    assert!(found.len() > 5, "{found:#?}");
    assert!(is_listed(holding.pid()), "{said}");
    let enter = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("b  "));
    let enter = enter.expect("it says how").replace(" -l", " -c hostname");
    let mut words = enter.split(' ');
    let name = Command::new(words.next().expect("a program"))
        .args(words)
        .output();
    assert_eq!(name.expect("it can be run").stdout, b"b\n");
    let down = virt_ra_tester(Path::new("/"), &["lab", "down", &holding.pid().to_string()]);
    assert_eq!((down.code, down.err.as_str()), (Some(0), ""));
    assert_eq!(holding.has_ended_with(), Some(0));
    assert!(!is_listed(holding.pid()));
    are_gone(&found);
}

#[test]
fn the_nodes_of_a_cluster_to_look_at_run_pacemaker() {
    let lacks = Lacks::here();
    if (lacks.parts.iter()).any(|(part, _)| *part == PartId::Cluster(Cluster::Pacemaker)) {
        let refused = virt_ra_tester(Path::new("/"), &["lab", "up", "--cluster"]);
        assert_eq!(refused.code, Some(3), "{}", refused.err);
        return;
    }
    let (holding, said) = Holding::up_with(&["--cluster"]);
    assert!(said.starts_with("the lab is up"), "{said}");
    let found = processes::descendants(holding.pid());
    for daemon in ["corosync", "pacemakerd", "pacemaker-controld"] {
        let runs = |process: &&Process| process.command.contains(daemon);
        assert_eq!(found.iter().filter(runs).count(), 2, "{daemon}: {found:#?}");
    }
    kill(Pid::from_raw(holding.pid()), Signal::SIGTERM).expect("it is our child");
    drop(holding);
    are_gone(&found);
}

#[test]
fn a_lab_whose_command_is_killed_leaves_nothing() {
    let (holding, _) = Holding::up();
    let found = processes::descendants(holding.pid());
    kill(Pid::from_raw(holding.pid()), Signal::SIGKILL).expect("it is our child");
    drop(holding);
    are_gone(&found);
}

#[test]
fn a_shell_whose_command_is_killed_leaves_nothing() {
    let holding = Holding::start(
        Command::new(program())
            .args(["lab", "shell", "b"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    let deadline = Instant::now() + PATIENCE;
    let is_open = |found: &BTreeSet<Process>| {
        found
            .iter()
            .any(|process| process.command.contains("/bin/bash"))
    };
    let mut found = BTreeSet::new();
    while !is_open(&found) {
        assert!(Instant::now() < deadline, "no shell is opened: {found:#?}");
        thread::sleep(Duration::from_millis(20));
        found.extend(processes::descendants(holding.pid()));
    }
    kill(Pid::from_raw(holding.pid()), Signal::SIGKILL).expect("it is our child");
    drop(holding);
    are_gone(&found);
}

#[test]
fn a_process_that_holds_no_lab_is_not_ended() {
    let own = std::process::id().to_string();
    let said = virt_ra_tester(Path::new("/"), &["lab", "down", &own]);
    let message = format!(
        "virt-ra-tester: process {own} holds no lab of this user; `virt-ra-tester lab status` lists those that do\n"
    );
    assert_eq!(
        (said.code, said.out, said.err),
        (Some(2), String::new(), message)
    );
}

#[test]
fn the_lab_of_a_failed_case_is_kept_until_the_end_of_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    write_faulty_agent(folder.path());
    let mut holding = Holding::start(
        Command::new(program())
            .args([
                "run",
                "--agent=./agent",
                "--profile=reference",
                "--jobs=1",
                "--keep",
            ])
            .args(["=interface::unknown-action::promote", "=start::absent"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped()),
    );
    let err = holding.0.stderr.take().expect("it is a pipe");
    let mut lines = BufReader::new(err)
        .lines()
        .map(|line| line.expect("it is text"));
    let kept = lines.find(|line| line.contains("is kept as the case left it"));
    let kept = kept.expect("the case fails");
    assert!(
        kept.contains("interface::unknown-action::promote"),
        "{kept}"
    );
    let found = processes::descendants(holding.pid());
    assert!(is_listed(holding.pid()));
    drop(holding.0.stdin.take());
    assert_eq!(holding.has_ended_with(), Some(1));
    are_gone(&found);
}
