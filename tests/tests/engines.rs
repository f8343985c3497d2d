//! An agent that starts QEMU itself, without libvirt, and profiles that do not fit their agent.

use std::fs;
use std::path::{Path, PathBuf};

use conformance_tests::program::{Said, virt_ra_tester};

fn anything() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/anything-qemu.yaml")
}

fn run(folder: &Path, profile: &Path, more: &[&str]) -> Said {
    let profile = format!("--profile={}", profile.display());
    let arguments = [&["run", &profile, "--jobs=1"], more].concat();
    virt_ra_tester(folder, &arguments)
}

#[test]
fn an_agent_without_libvirt_is_judged_by_emulator_and_disk_and_the_rest_is_skipped_with_its_reason()
{
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        "=start::absent",
        "=monitor::state::absent",
        "=monitor::state::running",
        "=monitor::state::crashed",
        "=stop::repeated::running",
        "=stop::outside",
        "=daemon::back-again",
    ];
    let said = run(folder.path(), &anything(), &cases);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let engine = "the profile `anything-qemu` has the engine `qemu`";
    for part in [
        "against ocf:heartbeat:anything on",
        "pass     start::absent",
        "pass     monitor::state::absent",
        "pass     monitor::state::running",
        "pass     stop::repeated::running",
        &format!("needs libvirt for a guest that has panicked; {engine}"),
        &format!("needs libvirt for what an operator does by hand; {engine}"),
        &format!("needs libvirt for a fault of its daemon; {engine}"),
        "4 passed, 0 warned, 0 unknown, 0 failed, 0 known, 3 skipped",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}

#[test]
fn a_stop_that_cuts_the_guest_off_is_seen_without_libvirt_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), &anything(), &["=stop::running"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    // `anything` sends QEMU a TERM (line 147), at which QEMU ends without a word to its guest.
    let seen = "the guest's last record does not say that it was ending";
    assert!(said.out.contains(seen), "{}", said.out);
}

#[test]
fn a_parameter_that_the_agent_has_not_is_shown_in_the_profile_before_any_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(anything()).expect("it is there");
    let slip = folder.path().join("slip.yaml");
    fs::write(&slip, text.replace("  binfile:", "  binfil:")).expect("it can be written");
    let said = run(folder.path(), &slip, &["=start::absent"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{}",
        said.err
    );
    for part in [
        "1 mistake in the profile",
        "ocf:heartbeat:anything has no parameter `binfil`",
        "slip.yaml:7:3",
        "did you mean `binfile`?",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    assert!(!folder.path().join("results").exists());
}

#[test]
fn a_parameter_of_the_command_line_that_the_agent_has_not_is_a_slip_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = virt_ra_tester(
        folder.path(),
        &[
            "run",
            "=start::absent",
            "--jobs=1",
            "--param=hypervisr=test:///default",
        ],
    );
    let place = conformance_tests::program::binaries().join("virt-reference-agent");
    let message = format!(
        "virt-ra-tester: `--param hypervisr=test:///default`: {} has no parameter `hypervisr`\n  \
         help: did you mean `hypervisor`?\n",
        place.display()
    );
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert_eq!(said.err, message);
}
