//! What the command answers on a machine that lacks something: a tool, a right, space on the disk.
//! Each machine is this one in a mount namespace of its own, where the thing is covered.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use conformance_tests::program::{Said, binaries, program, said};
use nix::unistd::Uid;

/// A shell in a mount namespace of its own, which runs `script` and then the program on a case.
fn after(script: &str, folder: &Path, report: &str) -> Said {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.args(["--user", "--map-root-user", "--map-auto"]);
    }
    command
        .args(["--mount", "sh", "-ec"])
        .arg(format!(
            "{script}\nexec \"$0\" run =start::absent --jobs 1 --report {report}"
        ))
        .arg(program())
        .current_dir(folder);
    said(&mut command)
}

fn left(folder: &Path) -> usize {
    fs::read_dir(folder).expect("it is there").count()
}

#[test]
fn a_machine_that_lacks_a_tool_is_told_which_package_has_it() {
    let tools = [
        ("libvirtd", "libvirt-daemon-system"),
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("nbdkit", "nbdkit"),
    ];
    for (tool, package) in tools {
        let folder = tempfile::tempdir().expect("a folder");
        // Without libvirtd the modular daemons would do.
        let cover = format!(
            "for place in /usr/sbin /usr/bin /usr/local/bin /usr/local/sbin; do for tool in {tool} virtqemud; do\n\
             if [ -e $place/$tool ]; then mount --bind /dev/null $place/$tool; fi\ndone; done"
        );
        let said = after(&cover, folder.path(), "results");
        let message = format!(
            "virt-ra-tester: this machine has no `{tool}`: install its package (on Debian {package}); `virt-ra-tester doctor` \
             shows what is missing, and the packages that have it\n"
        );
        assert_eq!(
            (said.code, said.out.as_str(), said.err),
            (Some(3), "", message)
        );
        assert_eq!(left(folder.path()), 0, "results of a run that never began");
    }
}

#[test]
fn a_full_disk_ends_the_run_at_once_and_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let fill = "mount -t tmpfs -o size=64k none .\ncd \"$PWD\"\n\
                cat /dev/zero >fill 2>/dev/null || true";
    let said = after(fill, folder.path(), "results");
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(3), ""),
        "{}",
        said.err
    );
    let begin = "virt-ra-tester: cannot write the results to results/";
    let end = "No space left on device (os error 28); make the folder writable, free some space, or \
               name another one with --report DIR\n";
    assert!(
        said.err.starts_with(begin) && said.err.ends_with(end),
        "{}",
        said.err
    );
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[test]
fn a_disk_that_fills_up_leaves_no_results_of_a_run_in_which_nothing_was_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let fill = "mount -t tmpfs -o size=64k none .\ncd \"$PWD\"\n\
                cat /dev/zero >fill 2>/dev/null || true\n\
                \"$0\" run =start::absent --jobs 1 --report results 2>/dev/null || ls >&2; exit 9";
    let said = after(fill, folder.path(), "results");
    assert_eq!((said.code, said.err.as_str()), (Some(9), "fill\n"));
}

/// Only root can become a user who may do nothing.
#[test]
fn a_user_without_subordinate_ids_is_told_how_to_get_some() {
    if !Uid::effective().is_root() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let all = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(), all).expect("it is ours");
    for name in ["virt-ra-tester", "virt-reference-agent"] {
        fs::copy(binaries().join(name), folder.path().join(name)).expect("it can be copied");
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
        .args(["./virt-ra-tester", "run", "=start::absent"])
        .current_dir(folder.path());
    let said = said(&mut command);
    let message = "virt-ra-tester: /etc/subuid has no 65536 ids in a row for nobody: run as root, or add them with \
                   `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 nobody`\n";
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (Some(3), "", message)
    );
    assert_eq!(left(folder.path()), 2, "results of a run that never began");
}
