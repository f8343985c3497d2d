//! Agents that are judged from their package, before it is installed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use conformance_tests::program::{Said, binaries, program, said};
use nix::unistd::Uid;
use serde_json::Value;

/// A folder with packages in it, in which the command is run; `tmp` is where it unpacks them.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(place.path().join("tmp")).expect("it can be made");
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file below the folder, which everybody may execute.
    fn put(&self, file: &str, text: &str) {
        let file = self.path().join(file);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it can be made");
        fs::write(&file, text).expect("it can be written");
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    /// Puts the reference agent into the tree of a package.
    fn put_reference(&self, tree: &str) {
        let file = "usr/lib/ocf/resource.d/good/virt-reference-agent";
        self.put(&format!("{tree}/{file}"), "");
        let own = binaries().join("virt-reference-agent");
        fs::copy(own, self.path().join(tree).join(file)).expect("it is built");
    }

    /// Makes a package of a tree.
    fn pack(&self, tree: &str, name: &str, version: &str) -> PathBuf {
        let control = format!(
            "Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody <n@example.org>\n\
             Description: an agent\n"
        );
        self.put(&format!("{tree}/DEBIAN/control"), &control);
        let file = self.path().join(format!("{tree}.deb"));
        let mut dpkg = Command::new("dpkg-deb");
        dpkg.args(["--build", "--root-owner-group"])
            .args([&self.path().join(tree), &file]);
        assert_eq!(said(&mut dpkg).code, Some(0));
        file
    }

    /// Runs the command on a case, and sees that nothing stays where it unpacks.
    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(program());
        command
            .args(["run", "--jobs=1"])
            .args(arguments)
            .current_dir(self.path())
            .env("TMPDIR", self.path().join("tmp"));
        let said = said(&mut command);
        let left = fs::read_dir(self.path().join("tmp")).expect("it is there");
        assert_eq!(left.count(), 0, "{arguments:?} left something behind");
        said
    }

    /// The message of a run that is refused.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(&[&["=interface::usage"], arguments].concat());
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{}",
            said.err
        );
        assert!(!self.path().join("results").exists(), "{arguments:?}");
        said.err
    }
}

#[test]
fn the_agent_of_a_package_is_judged_with_what_the_package_has() {
    let place = Place::new();
    place.put_reference("tree");
    // It finds the other file of its package only where the package will be installed.
    let faulty = "#!/bin/sh\n[ \"$1\" = promote ] && exit 1\n\
                  exec /usr/lib/ocf/resource.d/good/virt-reference-agent \"$@\"\n";
    place.put("tree/usr/lib/ocf/resource.d/good/faulty", faulty);
    place.pack("tree", "machine-agents", "1:2.0-3");
    let said = place.run(&[
        "--agent-package=tree.deb",
        "--agent=ocf:good:faulty",
        "--profile=reference",
        "=start::absent",
        "=interface::unknown-action::promote",
    ]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    for part in [
        "2 cases against ocf:good:faulty of machine-agents 1:2.0-3 on 1 local lab",
        "pass     start::absent",
        "fail     interface::unknown-action::promote",
        "virt-ra-tester run --agent-package tree.deb --agent ocf:good:faulty --profile reference ",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let text = fs::read(place.path().join("results/latest/run.json")).expect("it was written");
    let run: Value = serde_json::from_slice(&text).expect("it is JSON");
    assert_eq!(run["package"], "machine-agents 1:2.0-3");
}

#[test]
fn a_cluster_has_the_agents_of_its_own_beside_those_of_a_package() {
    let place = Place::new();
    place.put_reference("tree");
    let case = "cluster::after-a-resource-that-restarts";
    let said = place.run(&[
        "--agent-package=tree",
        "--profile=reference",
        &format!("={case}"),
    ]);
    // Where there is no Pacemaker, it is skipped.
    let has_passed = said.out.contains(&format!("pass     {case}"));
    assert!(
        has_passed || said.code == Some(4),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn packages_are_laid_over_each_other_in_their_order() {
    let place = Place::new();
    let functions = "usr/lib/ocf/lib/heartbeat/ocf-shellfuncs";
    place.put(&format!("older/{functions}"), "exit 1\n");
    place.put(
        &format!("newer/{functions}"),
        "exec /usr/lib/ocf/resource.d/good/virt-reference-agent \"$@\"\n",
    );
    place.put_reference("newer");
    place.put(
        "agents/usr/lib/ocf/resource.d/vendor/Machine",
        "#!/bin/sh\n. /usr/lib/ocf/lib/heartbeat/ocf-shellfuncs\n",
    );
    place.pack("newer", "functions", "2");
    let machine = ["--agent=ocf:vendor:Machine", "--profile=reference"];
    let packages = ["agents", "older", "newer.deb"].map(|file| format!("--agent-package={file}"));
    let [agents, older, newer] = packages.each_ref().map(String::as_str);
    let message = place.refused(&[agents, machine[0], machine[1]]);
    assert!(
        message.contains("ocf:vendor:Machine in agents needs the shell functions"),
        "{message}"
    );
    let arguments = [&machine[..], &["=start::absent", agents, older, newer]].concat();
    let said = place.run(&arguments);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let whom =
        "ocf:vendor:Machine of agents with older with functions 2 conforms in what was tried;";
    assert!(said.out.contains(whom), "{}", said.out);
}

#[test]
fn what_is_no_package_is_refused_with_its_reason_and_leaves_nothing() {
    let place = Place::new();
    place.put("garbage", "no package\n");
    fs::create_dir(place.path().join("empty")).expect("it can be made");
    place.put("none/usr/share/doc/none", "");
    place.put_reference("good");
    let good = fs::read(place.pack("good", "good", "1")).expect("it was made");
    fs::write(place.path().join("cut.deb"), &good[..good.len() / 2]).expect("it can be written");
    place.pack("none", "none", "1.5");
    let check = |package: &str, message: &str| {
        let said = place.refused(&["--agent-package", package]);
        let said = said.trim_start_matches("virt-ra-tester: ");
        assert!(said.starts_with(message), "{said}");
        assert!(said.contains("\n  help: "), "{said}");
    };
    check("nothing", "cannot read the package nothing: No such file");
    check("garbage", "garbage is neither a .deb nor an .rpm\n");
    check(
        "empty",
        "empty is not an unpacked package: it has no usr/lib/ocf\n",
    );
    check("cut.deb", "cut.deb cannot be unpacked: ");
    check(
        "none.deb",
        "there is no agent in none 1.5: its usr/lib/ocf/resource.d is empty or missing\n",
    );
}

#[test]
fn an_agent_that_a_package_has_not_is_answered_with_those_that_it_has() {
    let place = Place::new();
    place.put_reference("tree");
    let package = "--agent-package=tree";
    let has = "help: it has ocf:good:virt-reference-agent\n";
    let message = place.refused(&[package, "--agent=ocf:good:Machine"]);
    assert!(
        message.contains("there is no ocf:good:Machine in tree") && message.contains(has),
        "{message}"
    );
    let message = place.refused(&[package, "--agent=./tree"]);
    assert!(
        message.contains("`./tree` is not the OCF name of an agent"),
        "{message}"
    );
    for name in ["One", "Two"] {
        place.put(&format!("tree/usr/lib/ocf/resource.d/good/{name}"), "");
    }
    let message = place.refused(&[package]);
    let three = "tree has 3 agents, and none of them is ocf:heartbeat:VirtualDomain\n  help: name one of them";
    assert!(message.contains(three), "{message}");
    let file = place.path().join("tree/usr/lib/ocf/resource.d/good/One");
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).expect("it is ours");
    let message = place.refused(&[package, "--agent=ocf:good:One"]);
    assert!(
        message.contains("ocf:good:One in tree is not executable"),
        "{message}"
    );
}

/// Runs the command after a script in a mount namespace of its own.
fn after(script: &str, place: &Place, package: &str) -> String {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.args(["--user", "--map-root-user", "--map-auto"]);
    }
    let run = "exec \"$0\" run =interface::usage --agent-package";
    command
        .args([
            "--mount",
            "sh",
            "-ec",
            &format!("{script}\n{run} {package}"),
        ])
        .arg(program())
        .current_dir(place.path())
        .env("TMPDIR", place.path().join("tmp"));
    let said = said(&mut command);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{}",
        said.err
    );
    said.err
}

#[test]
fn a_machine_that_cannot_unpack_a_package_says_what_would() {
    let place = Place::new();
    place.put("some.rpm", "");
    fs::write(place.path().join("some.rpm"), b"\xed\xab\xee\xdb\x03\x00").expect("it is there");
    let path = "mkdir tools; for tool in sh mktemp cat rm sleep; do ln -s \"$(command -v $tool)\" tools; done\n\
                PATH=$PWD/tools";
    let message = after(path, &place, "some.rpm");
    let expected = "virt-ra-tester: some.rpm cannot be unpacked: neither `bsdtar` nor `rpm2cpio` with `cpio` is installed\n  \
                    help: install the package libarchive-tools, or name the folder of the unpacked package\n";
    assert_eq!(message, expected);
}

#[test]
fn no_agent_is_blamed_for_a_folder_where_nothing_can_be_executed() {
    let place = Place::new();
    place.put_reference("tree");
    let message = after("mount -t tmpfs -o noexec none tmp", &place, "tree");
    assert!(
        message.contains("it is mounted `noexec`\n  help: set TMPDIR to another folder"),
        "{message}"
    );
}
