use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use nix::unistd::{Uid, User};

use super::daemons;
use super::error::LabError;
use super::init::{LabSetup, NodeSetup, PATH, Part};
use super::local::LabSpec;
use super::subordinate;
use crate::history::{Daemons, NodeName};
use crate::installed;

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

/// What the first process is told to build of a lab.
pub(super) fn setup(spec: &LabSpec, part: Part) -> LabSetup {
    let node = |(index, name): (usize, &NodeName)| NodeSetup {
        name: name.0.clone(),
        address: format!("192.0.2.{}", index + 1),
        host_uuid: format!("1ab00000-0000-4000-8000-{:012}", index + 1),
        lock: spec.equipment.lock,
        transport: spec.equipment.transport,
        daemons: spec.equipment.daemons,
        show: spec.show.clone(),
    };
    LabSetup {
        nodes: spec.nodes.iter().enumerate().map(node).collect(),
        packages: spec.packages.clone().filter(|_| part == Part::Whole),
        keys: None,
        part,
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
        .args(["__lab-init", &setup])
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

/// Says what this machine or this user lacks for a lab, before anything is started. `local`: its nodes are here.
///
/// # Errors
/// The first tool or right that is missing.
pub fn check(local: bool) -> Result<(), LabError> {
    if local {
        check_node()?;
    }
    check_store()?;
    if Uid::effective().is_root() {
        Ok(())
    } else {
        check_subordinate_ids()
    }
}

/// What the machine of a node needs.
const NODE_TOOLS: [(&str, &str); 5] = [
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("ip", "iproute2"),
    ("virsh", "libvirt-clients"),
    ("qemu-system-x86_64", "qemu-system-x86"),
];

/// What the machine of the disks needs.
const STORE_TOOLS: [(&str, &str); 3] = [
    ("unshare", "util-linux"),
    ("ip", "iproute2"),
    ("nbdkit", "nbdkit"),
];

/// Says what this machine lacks for a node of a lab whose disks are elsewhere.
pub(super) fn check_node() -> Result<(), LabError> {
    check_tools(&NODE_TOOLS)?;
    // Of the kinds of daemons one is enough.
    match daemons::lacking(Daemons::Modular) {
        Some(_) => check_tools(&[("libvirtd", "libvirt-daemon-system")]),
        None => Ok(()),
    }
}

/// Says what this machine lacks for a lab whose nodes are elsewhere.
fn check_store() -> Result<(), LabError> {
    check_tools(&STORE_TOOLS)
}

fn check_tools(needed: &[(&'static str, &'static str)]) -> Result<(), LabError> {
    let missing = needed
        .iter()
        .copied()
        .find(|(tool, _)| installed::program(tool).is_none());
    missing.map_or(Ok(()), |(tool, package)| {
        Err(LabError::MissingTool { tool, package })
    })
}

/// Says what is missing for a lab without root.
fn check_subordinate_ids() -> Result<(), LabError> {
    let id = Uid::effective();
    let user = User::from_uid(id)
        .ok()
        .flatten()
        .map_or_else(|| id.to_string(), |user| user.name);
    subordinate::lacking(&user).map_or(Ok(()), |file| {
        Err(LabError::NoSubordinateIds { file, user })
    })
}
