//! The lab on the real thing: namespaces, libvirt and QEMU. Needs root or subordinate ids.
//!
//! The tests share a pool of one lab, so each also proves that the one before left nothing behind.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::path::Path;
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use virt_ra_tester::history::{Exit, Guest, Lock, NodeName, Transport};
use virt_ra_tester::lab::{
    Cable, Command, DaemonDo, Entry, Equipment, Finished, GuestDo, GuestMode, GuestOnce, Lab,
    LabPool, LabSpec, Node, Process, locks, transports,
};
use virt_ra_tester::ocf::Code;

/// A folder in /tmp, which the nodes have their own of.
static SHOWN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("agent"), "an agent").unwrap();
    folder
});

static POOL: LazyLock<LabPool> = LazyLock::new(|| LabPool::new(1, spec()));

fn spec() -> LabSpec {
    LabSpec {
        program: env!("CARGO_BIN_EXE_virt-ra-tester").into(),
        show: vec![SHOWN.path().to_owned()],
        ..LabSpec::default()
    }
}

/// Runs a test on a fresh lab and then demands that the lab can be reset.
fn in_lab(test: impl FnOnce(&Lab)) {
    let lab = POOL
        .lease(Equipment::default())
        .unwrap_or_else(|error| panic!("{error}"));
    test(&lab);
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lab.guest_records().unwrap(), []);
}

fn node<'a>(lab: &'a Lab, name: &str) -> &'a dyn Node {
    lab.node(&NodeName::from(name)).unwrap()
}

fn sh(node: &dyn Node, script: &str, seconds: u64) -> Finished {
    let command = Command::new("sh", ["-c", script]);
    let running = node
        .exec(&command)
        .unwrap_or_else(|error| panic!("{error}"));
    running
        .wait(Instant::now() + Duration::from_secs(seconds))
        .unwrap()
}

fn ok(node: &dyn Node, program: &str, args: &[&str]) -> String {
    let done = node
        .run(program, args)
        .unwrap_or_else(|error| panic!("{error}"));
    done.out.text.trim().to_owned()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Starts the subject on node `a` and waits for its first record; its incarnation.
fn start_subject(lab: &Lab) -> u64 {
    let node = node(lab, "a");
    let xml = Entry::File(lab.subject().xml().into_bytes(), 0o644);
    node.put(Path::new("/tmp/vm1.xml"), &xml).unwrap();
    ok(node, "virsh", &["create", "/tmp/vm1.xml"]);
    until("the subject writes", || {
        !lab.guest_records().unwrap().is_empty()
    });
    lab.guest_records().unwrap()[0].incarnation
}

fn state(node: &dyn Node) -> String {
    ok(node, "virsh", &["domstate", "vm1", "--reason"])
}

fn counter(lab: &Lab, incarnation: u64) -> u64 {
    let records = lab.guest_records().unwrap();
    records
        .iter()
        .find(|record| record.incarnation == incarnation)
        .unwrap()
        .counter
}

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

#[test]
fn files_of_a_node_are_not_files_of_the_host() {
    in_lab(|lab| {
        let a = node(lab, "a");
        a.put(
            Path::new("/var/run/vrt-trace"),
            &Entry::File(b"here".to_vec(), 0o600),
        )
        .unwrap();
        assert_eq!(ok(a, "cat", &["/run/vrt-trace"]), "here");
        assert!(!Path::new("/run/vrt-trace").exists());
        assert!(
            node(lab, "b")
                .read(Path::new("/run/vrt-trace"))
                .unwrap()
                .is_none()
        );
        assert_eq!(lab.changed_files(&"a".into()).unwrap(), ["/run/vrt-trace"]);
        a.remove(Path::new("/var/run/vrt-trace")).unwrap();
        assert_eq!(lab.changed_files(&"a".into()).unwrap(), [""; 0]);
    });
}

#[test]
fn the_nodes_share_one_folder_and_a_reset_empties_it() {
    let leased = POOL.lease(Equipment::default()).unwrap();
    ok(node(&leased, "a"), "mkdir", &["/run/vrt/shared/folder"]);
    ok(
        node(&leased, "a"),
        "touch",
        &["/run/vrt/shared/folder/file"],
    );
    assert_eq!(
        ok(node(&leased, "b"), "ls", &["/run/vrt/shared/folder"]),
        "file"
    );
    leased.reset().unwrap();
    assert_eq!(ok(node(&leased, "b"), "ls", &["/run/vrt/shared"]), "");
}

#[test]
fn the_host_can_only_be_read_from_a_node() {
    in_lab(|lab| {
        let a = node(lab, "a");
        let file = SHOWN.path().join("agent");
        assert_eq!(a.read(&file).unwrap().unwrap(), b"an agent");
        assert!(a.put(&file, &Entry::File(b"".to_vec(), 0o600)).is_err());
        for place in ["/", "/usr", "/etc", "/var", "/root"] {
            let done = sh(a, &format!("touch {place}/vrt-trace"), 10);
            assert_ne!(done.exit, Exit::Code(Code::Success), "{place}");
        }
    });
}

#[test]
fn a_guest_that_dirties_its_memory_never_ends_a_slow_migration() {
    in_lab(|lab| {
        let incarnation = start_subject(lab);
        let (a, b) = (node(lab, "a"), node(lab, "b"));
        lab.guest_command(GuestDo::Mode(GuestMode {
            dirty: true,
            ..Default::default()
        }))
        .unwrap();
        let args = [
            "migrate",
            "--live",
            "--bandwidth",
            "1",
            "vm1",
            "qemu+tcp://b/system",
        ];
        let running = a.exec(&Command::new("virsh", args)).unwrap();
        until("it copies for the third time", || {
            let info = sh(a, "virsh domjobinfo vm1 | grep Iteration", 10).out.text;
            info.split_whitespace()
                .nth(1)
                .is_some_and(|times| times.parse::<u32>().unwrap() > 2)
        });
        running.signal(Signal::SIGKILL);
        let done = running
            .wait(Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert_eq!(done.exit, Exit::Signal(9));
        until("the migration was given up", || {
            ok(b, "virsh", &["list", "--name"]) == "vm1-by" && state(a).starts_with("running")
        });
        let seen = counter(lab, incarnation);
        until("the guest goes on", || counter(lab, incarnation) > seen);
    });
}

#[test]
fn probing_for_kvm_ends_within_its_deadline() {
    // Either answer is right; that there is one matters on machines where KVM opens and hangs.
    let _ = virt_ra_tester::lab::Boots::measure(Duration::from_secs(2));
}

#[test]
fn a_migration_keeps_the_incarnation_and_a_reboot_draws_a_new_one() {
    in_lab(|lab| {
        let incarnation = start_subject(lab);
        ok(
            node(lab, "a"),
            "virsh",
            &["migrate", "--live", "vm1", "qemu+tcp://b/system"],
        );
        assert!(state(node(lab, "b")).starts_with("running"));
        let seen = counter(lab, incarnation);
        until("the guest goes on", || counter(lab, incarnation) > seen + 2);
        assert_eq!(lab.guest_records().unwrap().len(), 1);
        let log = std::fs::read_to_string(lab.write_log(&"b".into(), Guest::Subject)).unwrap();
        let place = format!("offset={:#x}", 512 * (64 + (incarnation & 0xff)));
        assert!(log.contains(&place), "{place} in {log}");
        lab.guest_command(GuestDo::Once(GuestOnce::Reboot)).unwrap();
        until("a second incarnation", || {
            lab.guest_records().unwrap().len() == 2
        });
    });
}

#[test]
fn the_guest_obeys_the_power_button_unless_it_is_deaf() {
    in_lab(|lab| {
        start_subject(lab);
        let a = node(lab, "a");
        lab.guest_command(GuestDo::Mode(GuestMode {
            deaf: true,
            ..Default::default()
        }))
        .unwrap();
        let before = lab.guest_records().unwrap()[0].counter;
        until("it has read its command", || {
            lab.guest_records().unwrap()[0].counter > before + 2
        });
        ok(a, "virsh", &["shutdown", "vm1"]);
        until("it saw the button", || {
            lab.guest_records().unwrap()[0].button_seen
        });
        assert!(state(a).starts_with("running"));
        let slow = GuestMode {
            shutdown_ticks: 5,
            ..Default::default()
        };
        lab.guest_command(GuestDo::Mode(slow)).unwrap();
        let before = lab.guest_records().unwrap()[0].counter;
        until("it has read its command", || {
            lab.guest_records().unwrap()[0].counter > before + 2
        });
        ok(a, "virsh", &["shutdown", "vm1"]);
        until("it powered itself off", || {
            lab.guest_records().unwrap()[0].clean_end
        });
        until("libvirt knows", || {
            !ok(a, "virsh", &["list", "--name"])
                .lines()
                .any(|it| it == "vm1")
        });
    });
}

#[test]
fn the_guest_panics_and_suspends_on_command() {
    in_lab(|lab| {
        start_subject(lab);
        let a = node(lab, "a");
        lab.guest_command(GuestDo::Once(GuestOnce::Suspend))
            .unwrap();
        until("it is suspended", || state(a).starts_with("pmsuspended"));
        ok(a, "virsh", &["dompmwakeup", "vm1"]);
        until("a second incarnation", || {
            lab.guest_records().unwrap().len() == 2
        });
        lab.guest_command(GuestDo::Once(GuestOnce::Panic)).unwrap();
        until("it is crashed", || state(a) == "crashed (panicked)");
    });
}

#[test]
fn a_guest_whose_disk_fails_is_paused() {
    in_lab(|lab| {
        start_subject(lab);
        lab.disk_errors(&"a".into(), true).unwrap();
        until("it is paused", || {
            state(node(lab, "a")) == "paused (I/O error)"
        });
    });
}

#[test]
fn a_full_node_can_write_nothing_and_the_other_can() {
    in_lab(|lab| {
        let [a, b] = ["a", "b"].map(|name| node(lab, name));
        lab.room(a.name(), false).unwrap();
        for folder in [
            "/run",
            "/tmp",
            "/etc/libvirt",
            "/var/lib/libvirt",
            "/dev/shm",
        ] {
            let script = format!("echo text >{folder}/new");
            assert_ne!(
                sh(a, &script, 10).exit,
                Exit::Code(Code::Success),
                "{folder}"
            );
            assert_eq!(
                sh(b, &script, 10).exit,
                Exit::Code(Code::Success),
                "{folder}"
            );
        }
        // What is there can still be read.
        assert_eq!(ok(a, "virsh", &["list", "--name"]), "vm1-by");
        lab.room(a.name(), true).unwrap();
        assert_eq!(
            sh(a, "echo text >/run/new", 10).exit,
            Exit::Code(Code::Success)
        );
        lab.room(b.name(), false).unwrap();
    });
}

#[test]
fn a_reset_mends_dead_and_frozen_daemons_and_pulled_cables() {
    in_lab(|lab| {
        start_subject(lab);
        node(lab, "a").daemon(DaemonDo::Freeze).unwrap();
        node(lab, "b").daemon(DaemonDo::Kill).unwrap();
        lab.cable(&"b".into(), Cable::Cut).unwrap();
        node(lab, "b")
            .put(
                Path::new("/etc/libvirt/qemu.conf"),
                &Entry::File(b"nonsense".to_vec(), 0o644),
            )
            .unwrap();
    });
}

#[test]
fn a_lab_with_another_lock_takes_an_idle_ones_place_and_is_reset_with_its_own_daemon() {
    if locks::lacking(Lock::Virtlockd).is_some() {
        return;
    }
    let pool = LabPool::new(1, spec());
    let plain = pool.lease(Equipment::default()).unwrap();
    assert!(plain.lock(&"a".into()).is_none());
    drop(plain);
    let with_lock = Equipment {
        lock: Some(Lock::Virtlockd),
        ..Equipment::default()
    };
    let lab = pool.lease(with_lock).unwrap();
    let (a, xml) = (node(&lab, "a"), lab.subject().xml());
    a.put(
        Path::new("/run/vm1.xml"),
        &Entry::File(xml.as_bytes().to_vec(), 0o644),
    )
    .unwrap();
    ok(a, "virsh", &["create", "/run/vm1.xml"]);
    a.kill_lock_daemon().unwrap();
    lab.reset().unwrap();
    let b = node(&lab, "b");
    b.put(
        Path::new("/run/vm1.xml"),
        &Entry::File(xml.as_bytes().to_vec(), 0o644),
    )
    .unwrap();
    ok(b, "virsh", &["create", "/run/vm1.xml"]);
    lab.reset().unwrap();
}

#[test]
fn the_nodes_reach_each_other_by_the_labs_transport_alone_also_after_a_reset() {
    for transport in [Transport::Tls, Transport::Ssh] {
        if transports::lacking(transport).is_some() {
            continue;
        }
        let lab = Lab::start(&LabSpec {
            equipment: Equipment {
                transport,
                ..Equipment::default()
            },
            ..spec()
        });
        let lab = lab.unwrap_or_else(|error| panic!("{transport:?}: {error}"));
        let ask = |from: &str, to: &str, by: Transport| {
            let uri = format!("qemu+{}://{to}/system", by.word());
            let args = ["--connect", &uri, "list", "--name"];
            node(&lab, from).run("virsh", &args)
        };
        for (from, to) in [("a", "b"), ("b", "a")] {
            let told = ask(from, to, transport).unwrap_or_else(|error| panic!("{error}"));
            assert!(told.out.text.contains("vm1-by"), "{transport:?}");
        }
        for other in transports::ALL.into_iter().filter(|way| *way != transport) {
            assert!(ask("a", "b", other).is_err(), "{transport:?} and {other:?}");
        }
        // Whoever keeps a connection is not the lab's own, and what that runs on the other node is.
        let uri = format!("qemu+{}://b/system", transport.word());
        let args = ["--connect", &uri, "event", "--all", "--loop"];
        let left = node(&lab, "a").exec(&Command::new("virsh", args)).unwrap();
        until("virsh has connected", || {
            let connections = node(&lab, "b").run("ss", &["-Htn", "state", "established"]);
            !connections.unwrap().out.text.is_empty()
        });
        assert_eq!(node(&lab, "b").strays(&lab.bystander().uuid).unwrap(), []);
        drop(left);
        lab.reset().unwrap_or_else(|error| panic!("{error}"));
        ask("a", "b", transport).unwrap_or_else(|error| panic!("{error}"));
        let written = node(&lab, "a")
            .exec(&Command::new("touch", ["/etc/new"]))
            .unwrap();
        let written = written
            .wait(Instant::now() + Duration::from_secs(5))
            .unwrap();
        assert_ne!(written.exit, Exit::Code(Code::Success));
    }
}

#[test]
fn a_daemon_that_stopped_starts_again() {
    in_lab(|lab| {
        let a = node(lab, "a");
        a.daemon(DaemonDo::Stop).unwrap();
        a.daemon(DaemonDo::Start).unwrap();
        assert_eq!(ok(a, "virsh", &["list", "--name"]), "vm1-by");
    });
}

#[test]
fn nothing_of_a_lab_outlives_the_kill_of_its_harness() {
    let mut holder = std::process::Command::new(spec().program)
        .arg("__hold-lab")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = std::io::BufReader::new(holder.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    let init = line.trim().strip_prefix("holding ").expect(&line);
    let inside = std::fs::read_link(format!("/proc/{init}/ns/mnt")).unwrap();
    let ours = std::fs::read_link("/proc/self/ns/mnt").unwrap();
    assert_ne!(inside, ours);
    let tree = tree_of(init.parse().unwrap());
    assert!(tree.len() > 8, "{tree:?}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    until("every process of the lab is gone", || {
        tree.iter().all(has_ended)
    });
}

#[test]
fn nothing_is_left_when_the_harness_is_killed_while_it_builds_a_lab() {
    let mut holder = std::process::Command::new(spec().program)
        .arg("__hold-lab")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut tree = Vec::new();
    until("the lab's first node begins", || {
        tree = tree_of(holder.id().cast_signed());
        tree.iter()
            .any(|it| it.args.iter().any(|arg| arg == "__node-init"))
    });
    holder.kill().unwrap();
    holder.wait().unwrap();
    until("every process of the lab is gone", || {
        tree.iter().all(has_ended)
    });
}

fn has_ended(was: &Process) -> bool {
    Process::read(was.pid).is_none_or(|is| is.started != was.started)
}

/// A process and all that descend from it.
fn tree_of(root: i32) -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").unwrap();
    let pids = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::read).collect();
    let mut tree: Vec<Process> = all.iter().filter(|it| it.pid == root).cloned().collect();
    let mut index = 0;
    while index < tree.len() {
        let parent = tree[index].pid;
        tree.extend(all.iter().filter(|it| it.parent == parent).cloned());
        index += 1;
    }
    tree
}
