//! The agent on a node without libvirt: this machine in a mount namespace of its own, where the library is covered.
//!
//! Like a node's own tools the library may be gone or not yet there. The agent starts all the same, for it is not linked
//! with it: see `build.rs` and `src/libvirt/library.rs`.

use std::process::{Command, Output};

use nix::unistd::Uid;

/// Covers the library, and then becomes what its arguments say.
const COVER: &str = r#"
for file in /usr/lib64/libvirt.so.0 /usr/lib/libvirt.so.0 /usr/lib/*/libvirt.so.0; do
    if [ -e "$file" ]; then mount --bind /dev/null "$file"; fi
done
exec "$@""#;

fn agent(action: &str, config: Option<&str>) -> Output {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command
        .args(["--mount", "sh", "-ec", COVER, "sh"])
        .args([env!("CARGO_BIN_EXE_virt-reference-agent"), action])
        .env("OCF_RESKEY_hypervisor", "qemu:///of-this-test");
    if let Some(config) = config {
        command.env("OCF_RESKEY_config", config);
    }
    command.output().expect("unshare can be started")
}

fn said(output: &Output) -> (Option<i32>, String) {
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn what_needs_no_libvirt_is_answered() {
    let output = agent("meta-data", None);
    assert_eq!(said(&output), (Some(0), String::new()));
    assert!(output.stdout.starts_with(b"<?xml"));
}

#[test]
fn nothing_can_be_started_there_and_nothing_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vm.xml");
    let definition = "<domain type='qemu'><name>without-libvirt</name>\
                      <uuid>0e0e0e0e-1111-4222-8333-444455556666</uuid></domain>";
    std::fs::write(&file, definition).expect("it can be written");
    let (code, err) = said(&agent("start", file.to_str()));
    assert_eq!(code, Some(5), "{err}");
    let reason = "ocf-exit-reason:libvirt can't be loaded: ";
    assert!(err.starts_with(reason), "{err}");
    let (code, err) = said(&agent("monitor", file.to_str()));
    assert_eq!(code, Some(7), "{err}");
}
