//! Folders that a profile lays over places of the nodes: stand-ins for tools, and an agent's libraries.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;
use virt_ra_tester::equipment::Equipment;
use virt_ra_tester::history::Exit;
use virt_ra_tester::lab::{LabPool, LabSpec, LaidOver, Node};
use virt_ra_tester::ocf::Code;

use super::tools::{as_agent, put_stand_ins};
use super::{node, ok, sh, spec};

/// Tools that no machine has; the second is the first by another name.
const TOOLS: [&str; 2] = ["vrt-stand-in", "vrt-stand-in-too"];

/// A place for a library that no machine has.
const LIBRARY: &str = "/usr/lib/vrt-no-such-library/deep";

/// The same; an overlay's options cannot name it, so it is built without one, as it is where a user may not have any.
const WITHOUT_OVERLAY: &str = "/usr/lib/vrt,no,overlay";

fn stand_ins() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(TOOLS[0]);
    fs::write(&file, "#!/bin/sh\necho \"by the profile: $*\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    symlink(TOOLS[0], folder.path().join(TOOLS[1])).unwrap();
    folder
}

fn library() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("functions"), "of the profile").unwrap();
    folder
}

/// Runs a test on a lab that has these folders as a profile's `tools` and `folders` lay them.
fn with_folders(test: impl FnOnce(&dyn Node)) {
    let (stand_ins, library) = (stand_ins(), library());
    let over = |folder: &TempDir, place: &str| LaidOver {
        folder: folder.path().to_owned(),
        place: place.into(),
    };
    let laid_over = vec![
        over(&stand_ins, "/usr/local/sbin"),
        over(&stand_ins, "/usr/sbin"),
        over(&library, LIBRARY),
        over(&library, WITHOUT_OVERLAY),
        over(&library, "/tmp/vrt-library"),
        over(&library, "/usr/share"),
    ];
    let spec = LabSpec {
        laid_over,
        ..spec()
    };
    let pool = LabPool::new(1, spec);
    let lab = pool.lease(Equipment::default()).unwrap();
    test(node(&lab, "a"));
    lab.reset().unwrap();
}

#[test]
fn an_agent_finds_stand_ins_and_libraries_beside_what_the_machine_has_and_cannot_write_there() {
    with_folders(|node| {
        for tool in [TOOLS[0], "/usr/sbin/vrt-stand-in", TOOLS[1]] {
            assert_eq!(ok(node, tool, &["x"]), "by the profile: x", "{tool}");
        }
        for place in [LIBRARY, WITHOUT_OVERLAY, "/tmp/vrt-library", "/usr/share"] {
            let file = format!("{place}/functions");
            assert_eq!(ok(node, "cat", &[&file]), "of the profile");
            let write = format!("echo mine >> {file}");
            assert_ne!(sh(node, &write, 10).exit, Exit::Code(Code::Success));
            assert!(!Path::new(&file).exists(), "{file} on the host");
        }
        for folder in ["/usr/sbin", "/usr/share"] {
            let all = ok(node, "sh", &["-c", &format!("ls -A {folder} | wc -l")]);
            let all: usize = all.parse().unwrap();
            assert!(all > TOOLS.len(), "only {all} in {folder}");
        }
    });
}

#[test]
fn a_case_scripts_a_tool_that_is_a_stand_in_of_the_profile_and_passes_other_calls_on_to_it() {
    with_folders(|node| {
        put_stand_ins(node, &TOOLS);
        let ways = ["", "/usr/sbin/", "/usr/local/sbin/", "PATH=/usr/sbin; "];
        for (way, tool) in { ways.iter() }.flat_map(|way| TOOLS.map(|tool| (way, tool))) {
            let scripted = as_agent(node, &TOOLS, &format!("{way}{tool} told"));
            assert_eq!(
                scripted.out.text, "by the stand-in\n",
                "{way}{tool}: {scripted:?}"
            );
            let passed_on = as_agent(node, &TOOLS, &format!("{way}{tool} other"));
            assert_eq!(
                passed_on.out.text, "by the profile: other\n",
                "{way}{tool}: {passed_on:?}"
            );
        }
        assert_eq!(ok(node, TOOLS[0], &["told"]), "by the profile: told");
    });
}
