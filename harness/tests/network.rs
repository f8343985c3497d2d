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

/// One node and another, whose address it is.
struct Way<'a> {
    from: &'a dyn Node,
    to: &'a dyn Node,
    address: &'static str,
}

impl Way<'_> {
    /// Sends datagrams of 60000 bytes, each from a socket of its own: one that was refused takes no other.
    fn send(&self, times: u32) {
        let address = self.address;
        let script = format!(
            "for i in {{1..{times}}}; do dd if=/dev/zero bs=60000 count=1 2>/dev/null >/dev/udp/{address}/9; done; \
             echo sent"
        );
        assert_eq!(said(self.from, &script), "sent");
    }

    /// Waits for an answer to a question that is asked after everything else was sent: on one way nothing overtakes.
    fn await_answer(&self) {
        let ask = format!(
            "busybox ping -c 1 -W 1 {} >/dev/null && echo yes",
            self.address
        );
        until("it answers", || said(self.from, &ask) == "yes");
    }

    /// Sends so many, and waits until all have arrived.
    fn carries(&self, times: u32) {
        let before = arrived(self.to);
        self.send(times);
        until("all arrive", || arrived(self.to) - before == times);
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The ways from node `a` to node `b` and back.
fn ways(lab: &Lab) -> [Way<'_>; 2] {
    let [a, b] = ["a", "b"].map(|name| lab.node(&name.into()).unwrap());
    let way = |from, to, address| Way { from, to, address };
    [way(a, b, "192.0.2.2"), way(b, a, "192.0.2.1")]
}

#[test]
fn what_is_sent_to_a_deaf_node_is_lost_and_what_it_sends_arrives() {
    let lab = lab();
    let [there, back] = ways(&lab);
    there.carries(1);
    back.carries(1);
    lab.cable(there.to.name(), Cable::Deaf).unwrap();
    let before = arrived(there.to);
    there.send(1);
    back.carries(1);
    // The reset asks every node's libvirtd over the network, so it proves that all is whole.
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    there.await_answer();
    assert_eq!(arrived(there.to), before);
    there.carries(1);
}

#[test]
fn a_slow_cable_carries_less_than_it_is_sent_and_what_its_node_sends_is_whole() {
    const TIMES: u32 = 16;
    let lab = lab();
    let [there, back] = ways(&lab);
    lab.cable(there.to.name(), Cable::Slow).unwrap();
    let before = arrived(there.to);
    there.send(TIMES);
    back.carries(TIMES);
    there.await_answer();
    assert!(arrived(there.to) - before < TIMES);
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    there.carries(TIMES);
}

#[test]
fn several_harms_to_one_cable_are_all_mended() {
    let lab = lab();
    let [there, back] = ways(&lab);
    for cable in [Cable::Slow, Cable::Cut, Cable::Deaf, Cable::Slow] {
        lab.cable(there.to.name(), cable).unwrap();
    }
    lab.cable(there.to.name(), Cable::Whole).unwrap();
    there.carries(16);
    back.carries(16);
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
    // The other end has closed it as well.
    assert!(!lab.reset_connections(b.name()).unwrap());
}
