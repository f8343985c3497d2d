//! What the inside of a lab is made with: tools of the machine, files, daemons, and lines for the harness.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use serde::Serialize;
use tracing::debug;

use crate::installed::{PATH, TO_DOCTOR};
use crate::lab::setup::{LabResult, UNICODE};

/// Writes one line to standard output, which the process that started this one reads.
pub(in crate::lab) fn write_line(line: &str) {
    let mut out = std::io::stdout().lock();
    // A harness that no longer listens is ending the lab anyway.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Writes an answer for the harness, as one line of JSON.
pub(in crate::lab) fn write_answer<T: Serialize>(answer: LabResult<T>) {
    let answer = answer.map_err(|trouble| trouble.replace('\n', " | "));
    match serde_json::to_string(&answer) {
        Ok(line) => write_line(&line),
        Err(error) => write_line(&error.to_string()),
    }
}

/// Makes a folder and those above it, with that mode.
pub(in crate::lab) fn make_folder(folder: &Path, mode: u32) -> LabResult<()> {
    fs::create_dir_all(folder)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(mode)))
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

/// Writes a file.
pub(in crate::lab) fn write_file(file: &Path, content: &[u8]) -> LabResult<()> {
    fs::write(file, content).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// A program with a clean environment, which [`start_daemon`] starts.
pub(in crate::lab) fn clean_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", PATH)
        .env("LC_ALL", locale())
        .env("TZ", "UTC");
    command
}

/// The locale of the lab's daemons: in a plain `C` libvirtd cuts names that are not ASCII.
fn locale() -> &'static str {
    match UNICODE.iter().any(|folder| Path::new(folder).is_dir()) {
        true => "C.UTF-8",
        false => "C",
    }
}

/// Starts a daemon and waits until it listens on its socket; its process.
pub(in crate::lab) fn start_listening(
    command: &mut Command,
    log: &Path,
    socket: &str,
) -> LabResult<Pid> {
    // A killed daemon leaves its socket behind, which would be taken for the new one's.
    let _ = fs::remove_file(socket);
    let process = start_daemon(command, log)?;
    let program = command.get_program().display();
    wait_until(&format!("{program} listens"), log, || {
        UnixStream::connect(socket).is_ok()
    })?;
    Ok(process)
}

/// Starts a daemon in a process group of its own, with its output in `log`; its process.
pub(in crate::lab) fn start_daemon(command: &mut Command, log: &Path) -> LabResult<Pid> {
    let open = || {
        fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| format!("cannot open {}: {error}", log.display()))
    };
    command.stdin(Stdio::null()).stdout(open()?).stderr(open()?);
    command.process_group(0);
    match command.spawn() {
        Ok(child) => {
            let program = command.get_program().display();
            debug!("started {program} as process {}", child.id());
            Ok(Pid::from_raw(child.id().cast_signed()))
        }
        Err(error) => Err(format!(
            "cannot run {}: {error}; {TO_DOCTOR}",
            command.get_program().display()
        )),
    }
}

/// Polls until the condition holds, which `what` says in a sentence, for at most half a minute; the deadline's message ends
/// with the log's last lines.
pub(in crate::lab) fn wait_until(
    what: &str,
    log: &Path,
    holds: impl FnMut() -> bool,
) -> LabResult<()> {
    wait_for_at_most(Duration::from_secs(30), what, log, holds)
}

/// The same with another deadline.
pub(in crate::lab) fn wait_for_at_most(
    patience: Duration,
    what: &str,
    log: &Path,
    mut holds: impl FnMut() -> bool,
) -> LabResult<()> {
    let began = Instant::now();
    let deadline = began + patience;
    while !holds() {
        if Instant::now() > deadline {
            return Err(format!(
                "waited {} s in vain until {what}; {} ends with: {}",
                patience.as_secs(),
                log.display(),
                last_lines(log)
            ));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    debug!(took = ?began.elapsed(), "{what}");
    Ok(())
}

/// The last lines of a log, for an error's message.
pub(in crate::lab) fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join(" | ")
}

/// Runs a tool to its end.
pub(in crate::lab) fn run_tool(tool: &str, args: &[&str]) -> LabResult<()> {
    let began = Instant::now();
    let done = duct::cmd(tool, args)
        .env("PATH", PATH)
        .stdin_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()
        .map_err(|error| format!("cannot run {tool}: {error}; {TO_DOCTOR}"))?;
    debug!(took = ?began.elapsed(), status = %done.status, "{tool} {}", args.join(" "));
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    Err(format!(
        "`{tool} {}` failed: {}",
        args.join(" "),
        said.trim()
    ))
}
