//! The lab on the real thing: namespaces, libvirt and QEMU. Needs root or subordinate ids.
//!
//! The tests share a pool of one lab, so each also proves that the one before left nothing behind.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod cluster;
mod cluster_calls;
mod commands;
mod daemons;
mod end;
mod fencing;
mod files;
mod guest;
mod laid_over;
mod tools;
mod transports;

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use virt_ra_tester::equipment::Equipment;
use virt_ra_tester::history::NodeName;
use virt_ra_tester::lab::{Command, Entry, Finished, Lab, LabPool, LabSpec, Node};

/// A folder in /tmp, which the nodes have their own of, with an agent and what it reads.
static SHOWN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    for name in ["agent", "functions"] {
        std::fs::write(folder.path().join(name), format!("the {name}")).unwrap();
    }
    folder
});

static POOL: LazyLock<LabPool> = LazyLock::new(|| LabPool::new(1, spec()));

fn spec() -> LabSpec {
    let spec = LabSpec {
        program: env!("CARGO_BIN_EXE_virt-ra-tester").into(),
        ..LabSpec::default()
    };
    spec.showing_with_neighbours(&SHOWN.path().join("agent"))
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
    let xml = Entry::File(
        lab.hypervisor().definition(&lab.subject()).into_bytes(),
        0o644,
    );
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
