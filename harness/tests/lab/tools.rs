//! Stand-ins for tools: an agent meets them however it calls the tool, and nobody else in its node does.

use std::path::Path;
use std::time::{Duration, Instant};

use virt_ra_tester::history::Exit;
use virt_ra_tester::lab::{Command, Entry, Finished, Node};
use virt_ra_tester::ocf::Code;

use super::{in_lab, node, ok, sh};

/// Where the stand-ins lie in a node, and what they log.
const FOLDER: &str = "/run/vrt/shim";

/// A tool that no machine has.
const LACKING: &str = "vrt-no-such-tool";

const TOOLS: [&str; 2] = ["virsh", LACKING];

pub(super) fn put_stand_ins(node: &dyn Node, tools: &[&str]) {
    let program = Entry::Link(node.place_of(Path::new(env!("CARGO_BIN_EXE_virt-ra-tester"))));
    for tool in tools {
        node.put(&Path::new(FOLDER).join(tool), &program).unwrap();
        let answer = r#"[{"when": ["told"], "stdout": "by the stand-in\n"}]"#;
        let file = Path::new(FOLDER).join(format!("{tool}.answers"));
        node.put(&file, &Entry::File(answer.into(), 0o644)).unwrap();
    }
    node.put(&Path::new(FOLDER).join("beside"), &Entry::Folder)
        .unwrap();
}

/// Runs a script as an agent that meets the stand-ins.
pub(super) fn as_agent(node: &dyn Node, tools: &[&str], script: &str) -> Finished {
    let command = Command {
        stand_ins: tools.iter().map(|tool| (*tool).to_owned()).collect(),
        ..Command::new("/bin/sh", ["-c", script])
    };
    let running = node.exec(&command).unwrap();
    running
        .wait(Instant::now() + Duration::from_secs(20))
        .unwrap()
}

#[test]
fn an_agent_meets_a_stand_in_by_a_path_of_its_own_and_by_the_tools_file() {
    in_lab(|lab| {
        let node = node(lab, "a");
        put_stand_ins(node, &TOOLS);
        let ways = [
            "PATH=/bin:/usr/bin; virsh told".to_owned(),
            "PATH=/bin:/sbin:/usr/bin:/usr/sbin; exec virsh told".to_owned(),
            "/usr/bin/virsh told".to_owned(),
            format!("/usr/sbin/{LACKING} told"),
            format!("PATH=/usr/sbin; {LACKING} told"),
        ];
        for way in &ways {
            let done = as_agent(node, &TOOLS, way);
            assert_eq!(done.exit, Exit::Code(Code::Success), "{way}: {done:?}");
            assert_eq!(done.out.text, "by the stand-in\n", "{way}");
        }
        let log = node.read(&Path::new(FOLDER).join("calls.log")).unwrap();
        let log = String::from_utf8(log.unwrap()).unwrap();
        assert_eq!(log.lines().count(), ways.len(), "{log}");
    });
}

#[test]
fn what_a_stand_in_passes_on_reaches_the_real_tool_and_the_nodes_own_calls_do_not_meet_it() {
    in_lab(|lab| {
        let node = node(lab, "a");
        put_stand_ins(node, &TOOLS);
        let list = "virsh -c qemu:///system list --name";
        let passed_on = as_agent(node, &TOOLS, &format!("PATH=/usr/bin; {list}"));
        assert_eq!(passed_on.out.text.trim(), "vm1-by", "{passed_on:?}");
        assert_eq!(ok(node, "virsh", &["list", "--name"]), "vm1-by");
        assert_ne!(sh(node, LACKING, 10).exit, Exit::Code(Code::Success));
        let none = as_agent(node, &TOOLS, LACKING);
        assert!(none.err.text.contains("there is no real tool"), "{none:?}");
        assert_eq!(
            ok(node, "sh", &["-c", "grep -c shim /proc/mounts || :"]),
            "0"
        );
    });
}
