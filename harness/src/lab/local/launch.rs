use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::debug_span;

use crate::installed::PATH;
use crate::lab::error::LabError;
use crate::lab::setup::{LabResult, LabSetup};
use crate::lab::subcommand::Hidden;
use crate::log;

/// How long the lab's first process may take to build everything, and to answer a request.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pipes to the lab's first process. The lab lives as long as `requests` is open.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) requests: Option<ChildStdin>,
    lines: Receiver<Line>,
}

/// A line that came from the lab.
#[derive(Debug)]
enum Line {
    /// An answer of its first process, in JSON.
    Answer(String),
    /// What was printed on standard error, which only counts when the first process has ended without an answer.
    Error(String),
}

impl Control {
    /// Takes the pipes of the process just started.
    pub(super) fn new(unshare: &mut Child) -> Result<Self, LabError> {
        let broken = || LabError::NotUp {
            why: "unshare has no pipes".to_owned(),
        };
        let out = BufReader::new(unshare.stdout.take().ok_or_else(broken)?);
        let err = unshare.stderr.take().ok_or_else(broken)?;
        let (sender, lines) = mpsc::channel();
        // Taken in at once, for a full pipe would stop the lab.
        let lab = debug_span!("lab", id = unshare.id());
        let errors = std::thread::spawn(move || {
            let mut lines = Vec::new();
            lab.in_scope(|| log::take_in(err, |line| lines.push(line)));
            lines
        });
        std::thread::spawn(move || {
            let _ = out
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(Line::Answer(line)));
            let _ = errors
                .join()
                .unwrap_or_default()
                .into_iter()
                .try_for_each(|line| sender.send(Line::Error(line)));
        });
        Ok(Self {
            requests: unshare.stdin.take(),
            lines,
        })
    }

    /// Sends a request as one line of JSON.
    ///
    /// # Errors
    /// When the first process has ended: why it cannot be asked.
    pub(super) fn send(&mut self, request: &impl Serialize) -> LabResult<()> {
        let line = serde_json::to_string(request).map_err(|error| error.to_string())?;
        let requests = self.requests.as_mut().ok_or("it was ended")?;
        writeln!(requests, "{line}").map_err(|error| error.to_string())
    }

    /// Waits for an answer.
    ///
    /// # Errors
    /// Why there is none, or what the lab answers instead; `wrap` makes an error of it.
    pub(super) fn receive<T: DeserializeOwned>(
        &self,
        wrap: impl FnOnce(String) -> LabError,
    ) -> Result<T, LabError> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(Line::Answer(line)) => serde_json::from_str(&line)
                .unwrap_or_else(|error| Err(format!("invalid answer: {error}")))
                .map_err(wrap),
            // The tools speak for themselves only when they could not start the lab's first process.
            Ok(Line::Error(why)) if is_refusal(&why) => Err(LabError::NoNamespaces { why }),
            Ok(Line::Error(why)) => Err(wrap(why)),
            Err(error) => Err(wrap(error.to_string())),
        }
    }
}

/// Whether a line is that of a tool which was not allowed to make namespaces.
fn is_refusal(line: &str) -> bool {
    line.starts_with("unshare:") || line.starts_with("newuidmap:")
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
        .args(log::filter_inside())
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
