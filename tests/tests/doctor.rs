//! What `doctor` says of this machine, and of one like it that lacks a tool.

use std::path::Path;
use std::process::Command;

use conformance_tests::program::{Said, program, said, virt_ra_tester};
use nix::unistd::Uid;

/// The mark of the line about a program.
fn mark(said: &Said, program: &str) -> String {
    let mut lines = said.out.lines().map(str::split_whitespace);
    let found = lines.find_map(|mut words| {
        let mark = words.next()?;
        (words.next()? == program).then(|| mark.to_owned())
    });
    found.unwrap_or_else(|| panic!("no line about {program}:\n{}", said.out))
}

#[test]
fn a_machine_that_can_run_a_lab_is_ready_and_lacks_nothing() {
    let said = virt_ra_tester(Path::new("/"), &["doctor"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{}",
        said.out
    );
    for program in ["libvirtd", "nbdkit", "qemu-system-x86_64", "virsh"] {
        assert_eq!(mark(&said, program), "ok", "{program}");
    }
}

#[test]
fn a_machine_without_a_tool_is_not_ready_and_the_tool_is_marked() {
    let cover = "for place in /usr/sbin /usr/bin /usr/local/bin /usr/local/sbin; do \
                 if [ -e $place/nbdkit ]; then mount --bind /dev/null $place/nbdkit; fi; done\n\
                 exec \"$0\" doctor";
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.args(["--user", "--map-root-user", "--map-auto"]);
    }
    command.args(["--mount", "sh", "-ec", cover]).arg(program());
    let said = said(&mut command);
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    assert_eq!(mark(&said, "nbdkit"), "NO");
    assert_eq!(mark(&said, "virsh"), "ok");
}
