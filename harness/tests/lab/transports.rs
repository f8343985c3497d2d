//! How the nodes reach each other's libvirt.

use std::time::{Duration, Instant};

use virt_ra_tester::equipment::{Equipment, PartId, Transport};
use virt_ra_tester::history::Exit;
use virt_ra_tester::lab::{Command, Lab, LabSpec, lacking};
use virt_ra_tester::ocf::Code;

use super::{node, spec, until};

#[test]
fn the_nodes_reach_each_other_by_the_labs_transport_alone_also_after_a_reset() {
    for transport in [Transport::Tls, Transport::Ssh] {
        if lacking(PartId::Transport(transport)).is_some() {
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
            let listed = ask(from, to, transport).unwrap_or_else(|error| panic!("{error}"));
            assert!(listed.out.text.contains("vm1-by"), "{transport:?}");
        }
        for other in [Transport::Tcp, Transport::Tls, Transport::Ssh]
            .into_iter()
            .filter(|way| *way != transport)
        {
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
