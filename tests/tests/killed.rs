//! Whatever ends the command, and whenever: nothing of its labs is left.
//!
//! `VRT_KILL_SEED=N` repeats a run with the moments of that seed. Only what descends from the command is counted:
//! other labs may run on the same machine.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::processes::{self, Networks, Process};
use conformance_tests::program::{binaries, program};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// How many runs are killed.
const KILLS: u64 = 20;
/// How many runs are ended at once.
const AT_ONCE: usize = 2;
/// No moment is later than this.
const LATEST: Duration = Duration::from_secs(9);
/// How long the labs may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an interrupted run may take to its end: it kills the agents' actions.
const END: Duration = Duration::from_secs(15);
/// An agent whose `start` never ends.
const HANGS: &str = "#!/bin/sh
if [ \"$1\" = start ]; then sleep 4242; fi
exec virt-reference-agent \"$@\"
";

/// A run of a handful of cases, and everything that was ever seen to descend from it.
struct Run {
    child: Child,
    folder: tempfile::TempDir,
    processes: BTreeSet<Process>,
    networks: Networks,
}

impl Run {
    fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("tmp")).expect("it can be made");
        let agents = folder.path().join("package/usr/lib/ocf/resource.d/good");
        fs::create_dir_all(&agents).expect("it can be made");
        let agent = "virt-reference-agent";
        fs::copy(binaries().join(agent), agents.join(agent)).expect("it is built");
        let hangs = folder.path().join("hangs");
        let text = HANGS.replace(agent, &binaries().join(agent).display().to_string());
        fs::write(&hangs, text).expect("it can be made");
        fs::set_permissions(&hangs, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let said = fs::File::create(folder.path().join("said")).expect("it can be made");
        let child = Command::new(program())
            .args([
                "run",
                "=start::absent",
                "=migrate::start-migrated",
                "=stop::deaf-guest",
            ])
            .args(["--jobs", "2", "--report", "results"])
            .args(options)
            .current_dir(folder.path())
            .env("TMPDIR", folder.path().join("tmp"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .expect("it can be started");
        Self {
            child,
            folder,
            processes: BTreeSet::new(),
            networks: Networks::default(),
        }
    }

    fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    fn look(&mut self) {
        let now = processes::descendants(self.pid());
        now.iter().for_each(|process| self.networks.note(process));
        self.processes.extend(now);
    }

    fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is our child")
    }

    /// Follows the run until the condition holds or it has ended by itself.
    fn follow(&mut self, condition: impl Fn(&Self) -> bool) {
        while !condition(self) && self.has_ended().is_none() {
            self.look();
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(&mut self, signal: Signal) {
        self.look();
        if self.has_ended().is_none() {
            kill(Pid::from_raw(self.pid()), signal).expect("it is our child");
        }
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("results/latest")
    }

    /// What is left of the run: processes, namespaces, mounts and files.
    fn left(&self) -> Vec<String> {
        let living = self.processes.iter().filter(|process| process.lives());
        let mut left: Vec<_> = living
            .map(|process| format!("{} {}", process.pid, process.command))
            .collect();
        left.extend(self.networks.inside());
        left.extend(processes::marked(self.folder.path()));
        let name = self.folder.path().display().to_string();
        let mounts = fs::read_to_string("/proc/self/mounts").expect("it can be read");
        let ours = |line: &&str| line.contains(&name) || line.contains("/vrt");
        left.extend(mounts.lines().filter(ours).map(str::to_owned));
        left.extend(files(&self.folder.path().join("tmp")));
        left
    }

    fn leaves_nothing(&self, how: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.left().is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        let left = self.left();
        assert!(left.is_empty(), "{how} left {left:#?}");
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is there").flatten();
    entries
        .map(|entry| entry.path().display().to_string())
        .collect()
}

/// Moments that spread over a run: one in each of as many equal parts.
fn moments(count: u64, seed: u64) -> Vec<Duration> {
    let mut state = seed | 1;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % 1000
    };
    let whole = u64::try_from(LATEST.as_millis()).expect("it is short");
    let part = whole / count;
    let moment = |index: u64| Duration::from_millis(index * part + part * random() / 1000);
    (0..count).map(moment).collect()
}

fn seed() -> u64 {
    let given = std::env::var("VRT_KILL_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from(std::process::id()) << 20);
    writeln!(std::io::stdout(), "VRT_KILL_SEED={seed}").expect("it can be said");
    seed
}

/// Ends runs at these moments, a few at once.
fn at_each(moments: &[Duration], end: impl Fn(Duration) + Sync) {
    thread::scope(|scope| {
        for lane in 0..AT_ONCE {
            let end = &end;
            let mine = moments.iter().skip(lane).step_by(AT_ONCE);
            scope.spawn(move || mine.for_each(|moment| end(*moment)));
        }
    });
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_nothing() {
    at_each(&moments(KILLS, seed()), |moment| {
        // Every second time the agent is in a package, which has to be unpacked.
        let mut run = Run::start(match moment.as_millis() % 2 {
            0 => &[],
            _ => &["--agent-package", "package"],
        });
        let begun = Instant::now();
        run.follow(|_| begun.elapsed() >= moment);
        run.end(Signal::SIGKILL);
        run.child.wait().expect("it is our child");
        run.leaves_nothing(&format!("SIGKILL after {moment:?}"));
    });
}

/// Interrupts a run at a moment after there are results. Whether it ran still: then it has to say what became of it.
fn interrupt(moment: Duration) -> bool {
    let signal = match moment.as_millis() % 2 {
        0 => Signal::SIGINT,
        _ => Signal::SIGTERM,
    };
    // A run that ends at the first failure is interrupted all the same, and no agent conforms by that.
    let mut run = Run::start(match moment.as_millis() % 3 {
        0 => &[],
        _ => &["--fail-fast"],
    });
    // Before there are results there is nothing to clean up.
    run.follow(|run| run.results().exists());
    let begun = Instant::now();
    run.follow(|_| begun.elapsed() >= moment);
    let was_over = run.has_ended().is_some();
    run.end(signal);
    let deadline = Instant::now() + END;
    run.follow(|_| Instant::now() >= deadline);
    let ended = run
        .has_ended()
        .expect("an interrupted run comes to its end");
    run.leaves_nothing(&format!("{signal} after {moment:?}"));
    let report = fs::read_to_string(run.results().join("run.json")).unwrap_or_default();
    let said = fs::read_to_string(run.folder.path().join("said")).expect("it is there");
    if !was_over {
        assert_eq!(ended.code(), Some(130), "{signal} after {moment:?}: {said}");
        let report: Value = serde_json::from_str(&report).expect("it is JSON");
        assert_eq!(report["conclusion"], "interrupted", "{report}{said}");
    }
    !was_over
}

#[test]
fn a_run_that_is_interrupted_cleans_up_writes_its_results_and_exits_130() {
    // No run is over when it has just made the folder of its results.
    for moment in [0, 1].map(Duration::from_millis) {
        assert!(interrupt(moment), "the run was over after {moment:?}");
    }
    at_each(&moments(4, seed()), |moment| {
        interrupt(moment);
    });
}

#[test]
fn an_action_that_hangs_is_killed_when_the_run_is_interrupted() {
    let mut run = Run::start(&["--agent", "./hangs", "--profile", "reference"]);
    let hangs = |process: &Process| process.command.contains("sleep 4242");
    run.follow(|run| run.processes.iter().any(hangs));
    run.end(Signal::SIGINT);
    let deadline = Instant::now() + END;
    run.follow(|_| Instant::now() >= deadline);
    let ended = run.has_ended().expect("the action does not keep it");
    assert_eq!(ended.code(), Some(130));
    run.leaves_nothing("SIGINT while an action hangs");
}
