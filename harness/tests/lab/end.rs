//! What is left when the harness is killed: nothing.

use std::process::Stdio;

use virt_ra_tester::equipment::{Cluster, Equipment, PartId};
use virt_ra_tester::lab::{Process, lacking};

use super::{spec, until};

#[test]
fn nothing_of_a_lab_outlives_the_kill_of_its_harness() {
    demand_nothing_outlives(Equipment::default());
}

#[test]
fn nothing_of_a_cluster_outlives_the_kill_of_its_harness() {
    if lacking(PartId::Cluster(Cluster::Pacemaker)).is_none() {
        demand_nothing_outlives(Equipment {
            cluster: Some(Cluster::Pacemaker),
            ..Equipment::default()
        });
    }
}

fn demand_nothing_outlives(equipment: Equipment) {
    let mut holder = std::process::Command::new(spec().program)
        .arg("__hold-lab")
        .arg(serde_json::to_string(&equipment).unwrap())
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
