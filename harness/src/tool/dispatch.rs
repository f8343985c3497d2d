//! This program under the name of a tool.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use super::answer::{Answer, StandIn};
use super::engine;
use super::log::{self, Logged};
use super::place::{FOLDER, log_file, real_file, tool_called};
use super::scripted::Scripted;
use crate::history::ToolCall;
use crate::installed;

/// Acts as a tool when the program was called by the name of a stand-in; else does nothing.
#[must_use]
pub fn dispatch(mut args: impl Iterator<Item = String>) -> Option<ExitCode> {
    let folder = Path::new(FOLDER);
    let tool = tool_called(folder, Path::new(&args.next()?))?;
    let ended = Scripted::read(folder, &tool)
        .and_then(|mut stand_in| stand_in_for(&tool, &args.collect::<Vec<_>>(), &mut stand_in));
    Some(ended.unwrap_or_else(|error| {
        let _ = writeln!(
            io::stderr(),
            "the suite's stand-in for {tool} failed: {error}"
        );
        ExitCode::from(70)
    }))
}

fn stand_in_for(tool: &str, args: &[String], stand_in: &mut dyn StandIn) -> io::Result<ExitCode> {
    let of_engine = engine::of(tool);
    let answer = match logged_answer(tool, args, stand_in) {
        // Who may not write the log, or finds no room for it, has its engine all the same.
        Err(_) if of_engine.is_some() => None,
        answer => answer?,
    };
    match (answer, of_engine) {
        (Some(answer), _) => answer.give(),
        (None, Some(answers)) => answers(args),
        (None, None) => pass_on(tool, args),
    }
}

/// What the stand-in answers, after the call and that have been logged.
fn logged_answer(
    tool: &str,
    args: &[String],
    stand_in: &mut dyn StandIn,
) -> io::Result<Option<Answer>> {
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(log_file(Path::new(FOLDER)))?;
    log.lock()?;
    let answer = stand_in.answer(args, &log::read(&log))?;
    let call = ToolCall {
        tool: tool.to_owned(),
        args: args.to_vec(),
        answered: answer.as_ref().map(|answer| answer.exit),
        uri: default_uri(),
    };
    let logged = Logged {
        call,
        answer: answer.as_ref().and_then(|answer| answer.index),
    };
    // The log line is written before the answer: a call that hangs or is killed was made all the same.
    writeln!(log, "{}", serde_json::to_string(&logged)?)?;
    log.unlock()?;
    Ok(answer)
}

/// The connection that virsh takes when no argument names one. Source: virsh(1), "ENVIRONMENT".
fn default_uri() -> Option<String> {
    ["VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|uri| !uri.is_empty())
}

/// Runs the real tool with those arguments.
fn pass_on(tool: &str, args: &[String]) -> io::Result<ExitCode> {
    let real = real(tool)?
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no real tool"))?;
    // Some programs go by the name that they are called by.
    let status = Command::new(real).arg0(tool).args(args).status();
    status.map(exit_code)
}

/// The real tool: where stand-ins are in the tools' places it is kept beside them, else it is on the path.
fn real(tool: &str) -> io::Result<Option<PathBuf>> {
    let kept = real_file(tool);
    if kept.exists() {
        return Ok(Some(kept));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&path).filter(|folder| folder != Path::new(FOLDER));
    let others = std::env::join_paths(others).map_err(io::Error::other)?;
    let is_stand_in = |file: &PathBuf| {
        let identity = |file: &Path| file.metadata().map(|it| (it.dev(), it.ino())).ok();
        identity(file) == identity(Path::new("/proc/self/exe"))
    };
    Ok(installed::in_folders(tool, others).filter(|file| !is_stand_in(file)))
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // The end by a signal as a shell reports it.
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|number| 128 + number);
    let number = status.code().or(signal).unwrap_or(255);
    ExitCode::from(u8::try_from(number).unwrap_or(255))
}
