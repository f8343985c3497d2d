//! `make install` into a folder: what is installed works from there, whatever folder it is called in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use conformance_tests::book::root;
use conformance_tests::program::{Said, binaries, said};

/// Runs a target of make that installs below `destination`.
fn install(target: &str, destination: &Path) {
    let mut make = Command::new("make");
    make.current_dir(root())
        .args([target, "PREFIX=/usr"])
        .arg(format!("DESTDIR={}", destination.display()))
        .arg(format!("BUILT={}", binaries().display()));
    let said = said(&mut make);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
}

/// Runs the installed command in a folder that is empty.
fn installed(destination: &Path, arguments: &[&str]) -> (tempfile::TempDir, Said) {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(destination.join("usr/bin/virt-ra-tester"));
    command.args(arguments).current_dir(elsewhere.path());
    let said = said(&mut command);
    (elsewhere, said)
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it can be listed").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn an_installed_command_finds_its_cases_its_profiles_and_its_agent() {
    let folder = tempfile::tempdir().expect("a folder");
    install("install", folder.path());
    for arguments in [&["list"][..], &["explain", "STOP-06"], &["doctor"]] {
        let (_, said) = installed(folder.path(), arguments);
        assert_eq!(
            said.code,
            Some(0),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        for told in ["make ", "scripts/", "checkout"] {
            assert!(!said.out.contains(told), "{told}: {}", said.out);
        }
    }
    let (results, said) = installed(folder.path(), &["run", "=start::absent", "--jobs=1"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(results.path().join("results/latest/run.json").is_file());
}

#[test]
fn an_installation_has_manual_pages_and_completions() {
    let folder = tempfile::tempdir().expect("a folder");
    install("install", folder.path());
    let share = folder.path().join("usr/share");
    let page = fs::read_to_string(share.join("man/man1/virt-ra-tester-run.1"));
    assert!(page.expect("it is there").contains("\\-\\-agent"));
    for completions in [
        "bash-completion/completions/virt-ra-tester",
        "zsh/site-functions/_virt-ra-tester",
        "fish/vendor_completions.d/virt-ra-tester.fish",
    ] {
        let text = fs::read_to_string(share.join(completions)).expect("it is there");
        assert!(text.contains("agent-package"), "{completions}");
    }
    assert_eq!(
        completed(&share, "virt-ra-tester run --agent-p"),
        "--agent-package\n"
    );
    let names_the_build = |file: &PathBuf| {
        let text = fs::read(file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.contains(&folder.path().display().to_string())
    };
    let named: Vec<PathBuf> = files(&share).into_iter().filter(names_the_build).collect();
    assert_eq!(
        named,
        [] as [PathBuf; 0],
        "they name the folder of the build"
    );
}

/// What bash completes the last word of a line to.
fn completed(share: &Path, line: &str) -> String {
    let script = "source \"$1\"; function=$(complete -p virt-ra-tester | sed 's/.* -F //; s/ .*//')
        read -ra COMP_WORDS <<<\"$2\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        \"$function\" virt-ra-tester \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"; echo \"${COMPREPLY[@]}\"";
    let file = share.join("bash-completion/completions/virt-ra-tester");
    let mut bash = Command::new("bash");
    let said = said(bash.args(["-c", script, "bash"]).arg(file).arg(line));
    assert_eq!(said.err, "");
    said.out
}

#[test]
fn the_agent_is_installed_alone_for_a_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    install("install-agent", folder.path());
    let agents = [
        "usr/lib/ocf/resource.d/vrt/domain",
        "usr/share/cluster/vrt-domain.sh",
    ];
    let agents = agents.map(|agent| folder.path().join(agent));
    let mut found = files(folder.path());
    found.sort();
    assert_eq!(found, agents);
    for agent in agents {
        let said = said(Command::new(agent).arg("meta-data"));
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

#[test]
fn without_the_agent_only_its_judgement_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("usr/bin");
    fs::create_dir_all(&bin).expect("it can be made");
    let program = bin.join("virt-ra-tester");
    fs::copy(binaries().join("virt-ra-tester"), &program).expect("it is built");
    assert_eq!(installed(folder.path(), &["list"]).1.code, Some(0));
    let (_, said) = installed(folder.path(), &["run", "=start::absent"]);
    let message = format!(
        "virt-ra-tester: the bundled reference agent is not installed: neither \
         {0}/usr/libexec/virt-ra-tester/virt-reference-agent nor {0}/usr/bin/virt-reference-agent exists\n  \
         help: name the agent to judge, such as `--agent ocf:heartbeat:VirtualDomain`; in a checkout \
         `cargo build -p virt-reference-agent` builds the bundled one\n",
        folder.path().display()
    );
    assert_eq!((said.code, said.err), (Some(2), message));
}
