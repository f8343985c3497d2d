use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::lab::error::LabError;
use crate::lab::setup::{LabSetup, PATH};
use crate::lab::subcommand::Hidden;

/// How long the lab's first process may take to build everything, and to answer a request.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pipes to the lab's first process. The lab lives as long as `requests` is open.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) requests: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Control {
    /// Takes the pipes of the process just started.
    pub(super) fn of(unshare: &mut Child) -> Result<Self, LabError> {
        let broken = || LabError::NotUp {
            why: "unshare has no pipes".to_owned(),
        };
        let said = BufReader::new(unshare.stdout.take().ok_or_else(broken)?);
        let err = BufReader::new(unshare.stderr.take().ok_or_else(broken)?);
        let (tell, answers) = mpsc::channel();
        std::thread::spawn(move || {
            // Standard error only counts when the other stream ended without an answer.
            let _ = said
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| tell.send(line));
            let _ = err
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| tell.send(format!("failed {line}")));
        });
        Ok(Self {
            requests: unshare.stdin.take(),
            answers,
        })
    }

    /// Sends one request.
    pub(super) fn send(&mut self, request: &str) -> Result<(), LabError> {
        let requests = self
            .requests
            .as_mut()
            .ok_or(std::io::ErrorKind::BrokenPipe.into());
        requests
            .and_then(|pipe| writeln!(pipe, "{request}"))
            .map_err(|error: std::io::Error| LabError::NotAnswering {
                request: request.to_owned(),
                why: error.to_string(),
            })
    }

    /// Waits for an answer that begins with `word`; the rest of it.
    pub(super) fn receive(&self, request: &str, word: &str) -> Result<String, LabError> {
        let line = self
            .answers
            .recv_timeout(PATIENCE)
            .map_err(|error| error.to_string());
        let why = match line {
            Ok(line) => match line.strip_prefix(word) {
                Some(rest) => return Ok(rest.trim_start().to_owned()),
                None => line.trim_start_matches("failed ").to_owned(),
            },
            Err(error) => error,
        };
        // The tool speaks for itself only when it could not start the lab's first process.
        if why.starts_with("unshare:") || why.starts_with("newuidmap:") {
            return Err(LabError::NoNamespaces { why });
        }
        if word == "ready" {
            return Err(LabError::NotUp { why });
        }
        Err(LabError::NotAnswering {
            request: request.to_owned(),
            why,
        })
    }
}

/// Starts the lab's first process; standard input is the pipe the lab's life hangs on, and what it awaits there first
/// is the capabilities.
pub(super) fn spawn(program: &Path, setup: &LabSetup, rootless: bool) -> Result<Child, LabError> {
    let failed = |why: String| LabError::NotUp { why };
    let setup = serde_json::to_string(setup).map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new("unshare");
    if rootless {
        command.args(["--user", "--map-root-user", "--map-auto"]);
    }
    command
        .args([
            "--mount",
            "--net",
            "--pid",
            "--ipc",
            "--fork",
            "--kill-child",
        ])
        .arg(program)
        .args([Hidden::LabInit.word(), &setup])
        // Variables of whoever called the harness are nothing to the lab.
        .env_clear()
        .env("PATH", PATH)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Away from the terminal's group: an interrupt is the harness's to handle.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
        .spawn()
        .map_err(|error| failed(format!("cannot run unshare: {error}")))
}
