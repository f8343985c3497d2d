//! `profile new` writes a first profile that the suite can run with.

use conformance_tests::program::virt_ra_tester;

const AGENT: &str = "ocf:heartbeat:VirtualDomain";

#[test]
fn a_profile_of_the_stock_agent_is_drafted_and_chooses_cases() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |arguments: &[&str]| virt_ra_tester(folder.path(), arguments);
    let drafted = said(&["profile", "new", "--agent", AGENT, "--output", "mine.yaml"]);
    assert_eq!(
        (drafted.code, drafted.out.as_str()),
        (Some(0), ""),
        "{}",
        drafted.err
    );
    let text = std::fs::read_to_string(folder.path().join("mine.yaml")).expect("it was written");
    for line in [
        "agent: ocf:heartbeat:VirtualDomain\n",
        "dialect: ocf-1.0  # guess: the version in its metadata\n",
        "engine: libvirt  # guess: its text names `virsh`\n",
        "  config: config  # guess by its name: Virtual domain configuration file\n",
        "  hypervisor: qemu:///system  # guess\n",
        "tools: [",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let dry = said(&[
        "run",
        "--profile",
        "mine.yaml",
        "--dry-run",
        "=start::absent",
    ]);
    assert_eq!(dry.code, Some(0), "{}{}", dry.out, dry.err);
}

#[test]
fn a_file_that_is_there_is_not_overwritten_and_what_prints_no_metadata_leaves_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mine.yaml");
    let new = |agent: &str| {
        virt_ra_tester(
            folder.path(),
            &["profile", "new", "--agent", agent, "--output", "mine.yaml"],
        )
    };
    let mute = new("/bin/true");
    assert_eq!(mute.code, Some(2), "{}", mute.err);
    assert!(
        mute.err.contains("/bin/true prints no metadata"),
        "{}",
        mute.err
    );
    assert!(!file.exists());
    std::fs::write(&file, "mine").expect("it can be written");
    let there = new(AGENT);
    assert_eq!(there.code, Some(2), "{}", there.err);
    assert!(
        there.err.contains("cannot write mine.yaml: File exists"),
        "{}",
        there.err
    );
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "mine");
}

#[test]
fn an_agent_that_cannot_be_run_is_told_why_and_leaves_no_profile() {
    let folder = tempfile::tempdir().expect("a folder");
    let agent = folder.path().join("machine");
    let new = |text: &str| {
        std::fs::write(&agent, text).expect("it can be written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&agent, mode).expect("it can be set");
        let path = agent.to_string_lossy();
        virt_ra_tester(
            folder.path(),
            &["profile", "new", "--agent", &path, "--output", "mine.yaml"],
        )
    };
    let template = new("#!@BASH_SHELL@\n");
    let placed = "is a template: its build puts something else in the place of @BASH_SHELL@";
    assert_eq!(template.code, Some(2), "{}", template.err);
    assert!(template.err.contains(placed), "{}", template.err);
    let foreign = new("#!/usr/bin/ksh-of-nobody\n");
    let calls =
        "cannot be run: the agent calls /usr/bin/ksh-of-nobody, which the nodes do not have";
    assert_eq!(foreign.code, Some(2), "{}", foreign.err);
    assert!(foreign.err.contains(calls), "{}", foreign.err);
    assert!(!folder.path().join("mine.yaml").exists());
}
