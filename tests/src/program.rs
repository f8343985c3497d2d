//! The command under test, run as a person runs it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder with the workspace's programs: the calling test stands in a folder below it.
///
/// # Panics
/// When the test does not know where it stands.
#[must_use]
pub fn binaries() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows its own place");
    let folder = own.ancestors().nth(2).expect("it stands two folders deep");
    folder.to_owned()
}

/// The program `virt-ra-tester`.
///
/// # Panics
/// When it is not built: `cargo build --workspace`.
#[must_use]
pub fn program() -> PathBuf {
    let program = binaries().join("virt-ra-tester");
    assert!(program.is_file(), "`cargo build --workspace` builds it");
    program
}

/// Opens a shell in a lab, as a person does, and types that into it.
///
/// # Panics
/// When it does not start, or does not read.
#[must_use]
pub fn lab_shell(arguments: &[&str], typed: &str) -> Said {
    let mut shell = Command::new(program())
        .args(["lab", "shell"])
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = shell.stdin.take().expect("it is piped");
    stdin.write_all(typed.as_bytes()).expect("it is read");
    drop(stdin);
    shell.wait_with_output().expect("it ends").into()
}

/// Writes an agent to `agent` in a folder: the reference agent, but for a wrong answer to `promote`.
///
/// # Panics
/// When it cannot be written.
pub fn write_faulty_agent(folder: &Path) {
    write_agent(
        folder,
        "#!/bin/sh\n[ \"$1\" = promote ] && exit 1\nexec @AGENT@ \"$@\"\n",
    );
}

/// Writes an agent to `agent` in a folder; `@AGENT@` in it stands for the reference agent.
///
/// # Panics
/// When it cannot be written.
pub fn write_agent(folder: &Path, script: &str) {
    let good = binaries().join("virt-reference-agent");
    let script = script.replace("@AGENT@", &good.display().to_string());
    let file = folder.join("agent");
    fs::write(&file, script).expect("it can be written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// What a run of the program said and how it ended.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// Runs the program in a folder.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn virt_ra_tester(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder);
    said(&mut command)
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn said(command: &mut Command) -> Said {
    command.output().expect("it can be started").into()
}
