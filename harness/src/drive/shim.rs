//! The tool shim: a stand-in for `virsh` or `xl` that stands first on the agent's PATH.
//!
//! The stand-in is this very program under the tool's name. It logs each call, answers as the case tells
//! it, and passes every other call on to the real tool. A case uses it only for agents whose profile says
//! that they call the tool.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use serde::{Deserialize, Serialize};

use crate::case::ToolAnswer;
use crate::history::ToolCall;
use crate::installed;

/// The folder of the stand-ins in each node.
pub const FOLDER: &str = "/run/vrt/shim";

/// One line of the log of calls.
#[derive(Debug, Serialize, Deserialize)]
struct Logged {
    call: ToolCall,
    /// Which answer was given; none when the real tool answered.
    answer: Option<usize>,
}

/// The file of a tool's scripted answers, below the shim's folder.
#[must_use]
pub fn answers_file(folder: &Path, tool: &str) -> PathBuf {
    folder.join(format!("{tool}.answers"))
}

/// The log of all calls, below the shim's folder.
#[must_use]
pub fn log_file(folder: &Path) -> PathBuf {
    folder.join("calls.log")
}

/// The calls in such a log, without the first `skip`.
#[must_use]
pub fn calls(log: &[u8], skip: usize) -> Vec<ToolCall> {
    let calls = read_log(log).into_iter().skip(skip);
    calls.map(|logged| logged.call).collect()
}

/// Acts as a tool when the program was called by the name of a stand-in; else does nothing.
#[must_use]
pub fn dispatch(mut args: impl Iterator<Item = String>) -> Option<ExitCode> {
    let folder = Path::new(FOLDER);
    let tool = tool_called(folder, Path::new(&args.next()?))?;
    Some(
        stand_in(folder, &tool, args.collect()).unwrap_or_else(|error| {
            let _ = writeln!(
                io::stderr(),
                "the suite's stand-in for {tool} failed: {error}"
            );
            ExitCode::from(70)
        }),
    )
}

/// The tool that is meant by a program's name. A shell calls it `virsh` where it found it on the
/// path, so the folder cannot be told from the name.
fn tool_called(folder: &Path, called: &Path) -> Option<String> {
    let tool = called.file_name()?.to_str()?;
    folder.join(tool).is_symlink().then(|| tool.to_owned())
}

fn stand_in(folder: &Path, tool: &str, args: Vec<String>) -> io::Result<ExitCode> {
    let answers: Vec<ToolAnswer> = match std::fs::read(answers_file(folder, tool)) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => Vec::new(),
    };
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(log_file(folder))?;
    log.lock()?;
    let index = choose(&answers, &args, &read_log(&log));
    let chosen = index.and_then(|index| answers.get(index));
    let exit = chosen.map_or(-1, |answer| i32::from(answer.exit));
    let call = ToolCall {
        tool: tool.to_owned(),
        args,
        exit,
        uri: default_uri(),
        scripted: Some(index.is_some()),
    };
    // The log line is written before the answer: a call that hangs or is killed was made all the same.
    writeln!(
        log,
        "{}",
        serde_json::to_string(&Logged {
            call: call.clone(),
            answer: index
        })?
    )?;
    log.unlock()?;
    match chosen {
        Some(answer) => give(answer),
        None => pass_on(tool, &call.args),
    }
}

/// The connection that virsh takes when no argument names one. Source: virsh(1), "ENVIRONMENT".
fn default_uri() -> Option<String> {
    ["VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|uri| !uri.is_empty())
}

fn read_log(log: impl Read) -> Vec<Logged> {
    let lines = BufReader::new(log).lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}

/// The first answer that fits the call and is not used up.
fn choose(answers: &[ToolAnswer], args: &[String], log: &[Logged]) -> Option<usize> {
    answers.iter().enumerate().position(|(index, answer)| {
        let used = log
            .iter()
            .filter(|logged| logged.answer == Some(index))
            .count();
        let left = answer.times.is_none_or(|times| used < times as usize);
        left && answer.when.iter().all(|word| args.contains(word))
    })
}

fn give(answer: &ToolAnswer) -> io::Result<ExitCode> {
    io::stdout().write_all(answer.stdout.as_bytes())?;
    io::stdout().flush()?;
    io::stderr().write_all(answer.stderr.as_bytes())?;
    if answer.hangs {
        loop {
            std::thread::park();
        }
    }
    Ok(ExitCode::from(answer.exit))
}

fn pass_on(tool: &str, args: &[String]) -> io::Result<ExitCode> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&path).filter(|folder| folder != Path::new(FOLDER));
    let others = std::env::join_paths(others).map_err(io::Error::other)?;
    let real = installed::in_folders(tool, others)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no real tool on the PATH"))?;
    Command::new(real).args(args).status().map(exit_code)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // A tool ended by a signal is told as the shell tells it.
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|number| 128 + number);
    let number = status.code().or(signal).unwrap_or(255);
    ExitCode::from(u8::try_from(number).unwrap_or(255))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(when: &[&str], times: Option<u32>) -> ToolAnswer {
        ToolAnswer {
            when: when.iter().map(|&word| word.to_owned()).collect(),
            times,
            stdout: String::new(),
            stderr: String::new(),
            exit: 0,
            hangs: false,
        }
    }

    #[test]
    fn a_tool_is_known_by_its_bare_name_where_a_stand_in_of_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/bin/true", folder.path().join("virsh")).expect("a link");
        let tool = |called: &str| tool_called(folder.path(), Path::new(called));
        assert_eq!(tool("virsh").as_deref(), Some("virsh"));
        assert_eq!(tool("/run/vrt/shim/virsh").as_deref(), Some("virsh"));
        assert_eq!(tool("virt-ra-tester"), None);
    }

    #[test]
    fn the_first_answer_that_fits_and_is_not_used_up_is_given() {
        let answers = [
            answer(&["domstate"], Some(1)),
            answer(&["domstate", "vm1"], None),
        ];
        let args = ["domstate".to_owned(), "vm1".to_owned()];
        assert_eq!(choose(&answers, &args, &[]), Some(0));
        let call = ToolCall {
            tool: "virsh".into(),
            args: args.to_vec(),
            exit: 0,
            uri: None,
            scripted: None,
        };
        let used = [Logged {
            call,
            answer: Some(0),
        }];
        assert_eq!(choose(&answers, &args, &used), Some(1));
        assert_eq!(choose(&answers, &["list".to_owned()], &used), None);
    }
}
