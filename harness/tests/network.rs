//! Harm to the network between the nodes, and its effect as the nodes themselves see it.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::time::{Duration, Instant};

use virt_ra_tester::lab::{Cable, Command, Lab, LabSpec, Node, Running};

fn lab() -> Lab {
    let spec = LabSpec {
        program: env!("CARGO_BIN_EXE_virt-ra-tester").into(),
        ..LabSpec::default()
    };
    Lab::start(&spec).unwrap_or_else(|error| panic!("{error}"))
}

fn bash(node: &dyn Node, script: &str) -> Box<dyn Running> {
    node.exec(&Command::new("bash", ["-c", script])).unwrap()
}

fn said(node: &dyn Node, script: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(60);
    let done = bash(node, script).wait(deadline).unwrap();
    done.out.text.trim().to_owned()
}

/// How many datagrams for a port that nobody listens at have come to a node.
fn arrived(node: &dyn Node) -> u32 {
    let counters = said(node, "grep ^Udp: /proc/net/snmp");
    let mut lines = counters.lines().map(|line| line.split(' '));
    let names = lines.next().unwrap();
    let found = names
        .zip(lines.next().unwrap())
        .find(|(name, _)| *name == "NoPorts");
    found.unwrap().1.parse().unwrap()
}

/// Sends a thousand bytes that often, and tells how many of them arrived.
fn send(from: &dyn Node, to: &dyn Node, address: &str, times: u32) -> u32 {
    let before = arrived(to);
    let script = format!(
        "exec 3>/dev/udp/{address}/9; printf -v text %1000s; \
         for i in {{1..{times}}}; do printf %s \"$text\" >&3; done 2>/dev/null; echo sent"
    );
    assert_eq!(said(from, &script), "sent");
    // What a slow cable holds back has come by then.
    std::thread::sleep(Duration::from_millis(1500));
    arrived(to) - before
}

#[test]
fn what_is_sent_to_a_deaf_node_is_lost_and_what_it_sends_arrives() {
    let lab = lab();
    let [a, b] = ["a", "b"].map(|name| lab.node(&name.into()).unwrap());
    assert_eq!(send(a, b, "192.0.2.2", 1), 1);
    assert_eq!(send(b, a, "192.0.2.1", 1), 1);
    lab.cable(b.name(), Cable::Deaf).unwrap();
    assert_eq!(send(a, b, "192.0.2.2", 1), 0);
    assert_eq!(send(b, a, "192.0.2.1", 1), 1);
    // The reset asks every node's libvirtd over the network, so it proves that all is whole.
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(send(a, b, "192.0.2.2", 1), 1);
}

#[test]
fn what_is_sent_to_a_node_with_a_slow_cable_is_held_back_and_what_it_sends_is_not() {
    let lab = lab();
    let [a, b] = ["a", "b"].map(|name| lab.node(&name.into()).unwrap());
    lab.cable(b.name(), Cable::Slow).unwrap();
    assert!(send(a, b, "192.0.2.2", 4000) < 2000);
    assert!(send(b, a, "192.0.2.1", 4000) > 3000);
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    assert!(send(a, b, "192.0.2.2", 4000) > 3000);
}

#[test]
fn several_harms_to_one_cable_are_all_mended() {
    let lab = lab();
    let [a, b] = ["a", "b"].map(|name| lab.node(&name.into()).unwrap());
    for cable in [Cable::Slow, Cable::Cut, Cable::Deaf, Cable::Slow] {
        lab.cable(b.name(), cable).unwrap();
    }
    lab.cable(b.name(), Cable::Whole).unwrap();
    assert!(send(a, b, "192.0.2.2", 4000) > 3000);
}

#[test]
fn a_connection_that_is_reset_ends_at_once() {
    let lab = lab();
    let [a, b] = ["a", "b"].map(|name| lab.node(&name.into()).unwrap());
    assert!(!lab.reset_connections(a.name()).unwrap());
    let open = bash(
        a,
        "exec 3<>/dev/tcp/192.0.2.2/16509; cat <&3 2>&1; echo ended",
    );
    let deadline = Instant::now() + Duration::from_secs(20);
    while !lab.reset_connections(a.name()).unwrap() {
        assert!(Instant::now() < deadline, "the connection is made");
        std::thread::sleep(Duration::from_millis(10));
    }
    let done = open.wait(deadline).unwrap();
    assert!(done.out.text.ends_with("ended\n"), "{}", done.out.text);
    // The other end was told as well.
    assert!(!lab.reset_connections(b.name()).unwrap());
}
