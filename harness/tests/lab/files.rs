//! A node's files, the folder that all nodes share, and the host's.

use std::path::Path;

use virt_ra_tester::equipment::Equipment;
use virt_ra_tester::history::Exit;
use virt_ra_tester::lab::Entry;
use virt_ra_tester::ocf::Code;

use super::{POOL, SHOWN, in_lab, node, ok, sh};

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
fn what_agents_keep_state_and_logs_in_is_the_nodes_own_and_as_it_was_after_a_reset() {
    let leased = POOL.lease(Equipment::default()).unwrap();
    let a = node(&leased, "a");
    for folder in [
        "/var/log",
        "/var/log/pacemaker",
        "/var/log/cluster",
        "/var/cache",
        "/var/lib/heartbeat",
        "/var/lib/pacemaker/cores",
        "/var/run/heartbeat/rsctmp",
        "/run/resource-agents",
    ] {
        let file = format!("{folder}/vrt-trace");
        ok(a, "touch", &[&file]);
        assert!(!Path::new(&file).exists(), "{file} on the host");
    }
    leased.reset().unwrap();
    assert_eq!(leased.changed_files(&"a".into()).unwrap(), [""; 0]);
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
        for name in ["agent", "functions"] {
            let file = SHOWN.path().join(name);
            let text = a.read(&file).unwrap().unwrap();
            assert_eq!(text, format!("the {name}").into_bytes());
            assert!(a.put(&file, &Entry::File(b"".to_vec(), 0o600)).is_err());
        }
        for place in ["/", "/usr", "/etc", "/var", "/root"] {
            let done = sh(a, &format!("touch {place}/vrt-trace"), 10);
            assert_ne!(done.exit, Exit::Code(Code::Success), "{place}");
        }
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
