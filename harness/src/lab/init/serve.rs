use std::collections::BTreeSet;
use std::fs;
use std::io::BufRead;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::lab::{OWN_FOLDERS, configure, disk_process, write_locked_disk};
use super::network::{self, Network};
use super::room;
use super::setup::{HOME, LabSetup, NodeSetup, SHARED, SUBJECT, Told, tell};
use crate::lab::guest;

/// What the lab's first process knows while it serves.
struct Serving<'a> {
    lab: &'a LabSetup,
    /// Every file and folder of every node at the lab's beginning.
    beginning: BTreeSet<PathBuf>,
    network: Network,
}

/// Obeys the harness line by line until its end of the pipe closes.
///
/// Each request is answered by one line: `ok` and perhaps more, or `failed` and why.
pub(super) fn serve(lab: &LabSetup) -> Told<()> {
    let mut serving = Serving {
        lab,
        beginning: BTreeSet::new(),
        network: Network::default(),
    };
    let mut requests = std::io::stdin().lock();
    let mut line = String::new();
    while requests.read_line(&mut line).is_ok_and(|read| read > 0) {
        match serving.obey(line.trim()) {
            Ok(answer) => tell(format!("ok {answer}").trim()),
            Err(trouble) => tell(&format!("failed {trouble}")),
        }
        line.clear();
        reap();
    }
    Ok(())
}

impl Serving<'_> {
    fn obey(&mut self, request: &str) -> Told<String> {
        let words: Vec<&str> = request.split(' ').collect();
        let done = match words[..] {
            ["uplink"] => network::plug_in_uplink(),
            ["network", node, ref how @ ..] => self.network.set(self.lab, node, how),
            ["disk-server", node, how] => harm_disk(node, how),
            ["room", node, "none"] => self.node(node).and_then(room::take),
            ["room", node, "usual"] => self.node(node).and_then(room::give),
            ["remember"] => {
                self.beginning = self.lab.raised().flat_map(everything).collect();
                Ok(())
            }
            ["configure"] => self
                .lab
                .raised()
                .try_for_each(|node| configure(node, self.lab)),
            ["changes", node] => return self.changes(node),
            ["reach"] => self.lab.nodes.iter().try_for_each(reach),
            ["wipe"] => self.wipe(),
            ["disk"] => fresh_disk(self.lab),
            _ => Err(format!("the lab does not understand `{request}`")),
        };
        done.map(|()| String::new())
    }

    fn node(&self, name: &str) -> Told<&NodeSetup> {
        let node = self.lab.nodes.iter().find(|node| node.name == name);
        node.ok_or_else(|| format!("the lab has no node {name}"))
    }

    /// The files of a node that came or went, by their paths in the node, as a JSON list.
    fn changes(&self, name: &str) -> Told<String> {
        let node = self.node(name)?;
        let now: BTreeSet<PathBuf> = everything(node).collect();
        let before = self
            .beginning
            .iter()
            .filter(|path| path.starts_with(node.home()));
        let gone = before.filter(|path| !now.contains(*path));
        let come = now.iter().filter(|path| !self.beginning.contains(*path));
        let names: Vec<String> = gone
            .chain(come)
            .map(|path| as_in_node(node, path))
            .collect();
        serde_json::to_string(&names).map_err(|error| error.to_string())
    }

    /// Removes every file that was not there at the beginning; a file that is missing is an error.
    fn wipe(&self) -> Told<()> {
        for node in self.lab.raised() {
            // Folders come before what they hold, so backwards.
            let now: BTreeSet<PathBuf> = everything(node).collect();
            for path in now
                .iter()
                .rev()
                .filter(|path| !self.beginning.contains(*path))
            {
                remove(path)?;
            }
            let before = self
                .beginning
                .iter()
                .filter(|path| path.starts_with(node.home()));
            if let Some(gone) = { before }.find(|path| !now.contains(*path)) {
                return Err(format!("{}: {} is gone", node.name, as_in_node(node, gone)));
            }
        }
        Ok(())
    }
}

/// Connects to a node's libvirtd over the lab's network, as another node's would for a migration.
fn reach(node: &NodeSetup) -> Told<()> {
    let failed = |error: &dyn std::fmt::Display| {
        format!(
            "node {} is not reached over the lab's network: {error}",
            node.name
        )
    };
    let address = format!("{}:{}", node.address, node.transport.port())
        .parse::<SocketAddr>()
        .map_err(|error| failed(&error))?;
    let connected = TcpStream::connect_timeout(&address, Duration::from_secs(5));
    connected.map(|_| ()).map_err(|error| failed(&error))
}

fn remove(path: &Path) -> Told<()> {
    let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
    let removed = if is_folder {
        fs::remove_dir(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        // libvirtd tidies up behind a domain at the same time.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Every file and folder in the folders that are a node's own.
fn everything(node: &NodeSetup) -> impl Iterator<Item = PathBuf> + use<> {
    let home = node.home();
    OWN_FOLDERS
        .iter()
        .flat_map(move |(name, _, _)| below(home.join(name)))
}

/// A folder and everything in it.
fn below(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    let mut waiting = vec![folder];
    std::iter::from_fn(move || {
        let path = waiting.pop()?;
        if path.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            let inside = fs::read_dir(&path)
                .into_iter()
                .flatten()
                .filter_map(Result::ok);
            waiting.extend(inside.map(|entry| entry.path()));
        }
        Some(path)
    })
}

fn as_in_node(node: &NodeSetup, path: &Path) -> String {
    for (name, place, _) in OWN_FOLDERS {
        if let Ok(rest) = path.strip_prefix(node.home().join(name)) {
            return Path::new(place).join(rest).to_string_lossy().into_owned();
        }
    }
    path.to_string_lossy().into_owned()
}

/// Makes the server of a node's subject disk fail or hang, or mends it.
fn harm_disk(node: &str, how: &str) -> Told<()> {
    // The disk server looks for this file at every request.
    let file = Path::new(HOME).join(format!("fail/{SUBJECT}-{node}"));
    match how {
        "fails" => fs::write(&file, "").map_err(|error| error.to_string()),
        "hangs" => signal_disk(node, Signal::SIGSTOP),
        _ => signal_disk(node, Signal::SIGCONT).and_then(|()| remove(&file)),
    }
}

fn signal_disk(node: &str, signal: Signal) -> Told<()> {
    let file = disk_process(SUBJECT, node);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let pid = text
        .trim()
        .parse()
        .map_err(|_| format!("{}: no process", file.display()))?;
    kill(Pid::from_raw(pid), signal).map_err(|error| format!("the disk's server: {error}"))
}

/// Writes the subject's disk anew, into the same file, which the disk servers keep open, and
/// empties the logs; the disk servers append to them.
fn fresh_disk(lab: &LabSetup) -> Told<()> {
    let home = Path::new(HOME);
    let shared = below(home.join(SHARED)).collect::<BTreeSet<_>>();
    // Folders come before what they hold; the first is the shared folder itself.
    shared
        .iter()
        .skip(1)
        .rev()
        .try_for_each(|path| remove(path))?;
    write_locked_disk(lab)?;
    let write = |file: PathBuf, content: &[u8]| {
        fs::write(&file, content)
            .map_err(|error| format!("cannot write {}: {error}", file.display()))
    };
    if lab.served().is_empty() {
        return Ok(());
    }
    write(home.join("store").join(SUBJECT), &guest::FRESH_DISK)?;
    for node in lab.served() {
        harm_disk(&node.name, "whole")?;
        for disk in [SUBJECT, "bystander"] {
            write(home.join(format!("log/{disk}-{}", node.name)), b"")?;
        }
    }
    Ok(())
}

/// No tool of this process's own is running here, so whoever has ended is an orphan.
fn reap() {
    while !matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Ok(WaitStatus::StillAlive) | Err(_)
    ) {}
}
