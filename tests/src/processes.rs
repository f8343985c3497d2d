//! The processes that descend from one, so that a test can say which of them outlived it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// One process. When it began distinguishes it from a later process with the same number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// When it began, in the kernel's ticks since boot.
    pub began: u64,
    /// Its program and first argument.
    pub command: String,
}

impl Process {
    /// Whether it is still there; one that only waits to be reaped is not.
    #[must_use]
    pub fn lives(&self) -> bool {
        stat(self.pid).is_some_and(|now| now.began == self.began && now.state != "Z")
    }
}

struct Stat {
    state: String,
    parent: i32,
    began: u64,
}

fn stat(pid: i32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything: the fields are counted from its end.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat {
        state: (*fields.first()?).to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        began: fields.get(19)?.parse().ok()?,
    })
}

fn running() -> Vec<(i32, Stat)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?))).collect()
}

/// Everything that descends from a process, and the process itself, as it is now.
#[must_use]
pub fn descendants(root: i32) -> BTreeSet<Process> {
    let all = running();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = all.iter().filter(|(_, stat)| stat.parent == parent);
        found.extend(children.map(|(pid, _)| *pid));
        next += 1;
    }
    let process = |(pid, stat): (i32, Stat)| Process {
        pid,
        began: stat.began,
        command: command(pid),
    };
    all.into_iter()
        .filter(|(pid, _)| found.contains(pid))
        .map(process)
        .collect()
}

fn command(pid: i32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let arguments = line.split(|byte| *byte == 0).take(2);
    let arguments: Vec<_> = arguments
        .map(|argument| String::from_utf8_lossy(argument).into_owned())
        .collect();
    arguments.join(" ")
}

/// Network namespaces, kept open: the number of one that is gone would soon be another's.
#[derive(Debug)]
pub struct Networks {
    /// This process's own.
    own: Option<u64>,
    open: BTreeMap<u64, File>,
}

impl Default for Networks {
    fn default() -> Self {
        let own = network(std::process::id().cast_signed()).map(|(number, _)| number);
        Self {
            own,
            open: BTreeMap::new(),
        }
    }
}

impl Networks {
    /// Takes a process's network among them, unless it is this process's own.
    pub fn note(&mut self, process: &Process) {
        if let Some((number, file)) = network(process.pid)
            && Some(number) != self.own
        {
            self.open.entry(number).or_insert(file);
        }
    }

    /// The processes of this machine, whoever's, that are in one of them.
    #[must_use]
    pub fn inside(&self) -> Vec<String> {
        let here = |pid: i32| network(pid).is_some_and(|(it, _)| self.open.contains_key(&it));
        let living = running().into_iter().filter(|(_, stat)| stat.state != "Z");
        let found = living.filter(|(pid, _)| here(*pid));
        found
            .map(|(pid, _)| format!("{pid} {}", command(pid)))
            .collect()
    }
}

/// The number of a process's network namespace, which is no other's while the file is open.
fn network(pid: i32) -> Option<(u64, File)> {
    let file = File::open(format!("/proc/{pid}/ns/net")).ok()?;
    let number = file.metadata().ok()?.ino();
    Some((number, file))
}

/// The processes of this machine whose environment names a folder.
#[must_use]
pub fn marked(folder: &Path) -> Vec<String> {
    let name = folder.as_os_str().as_encoded_bytes();
    let names = |pid: i32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.windows(name.len()).any(|window| window == name)
    };
    let found = running().into_iter().filter(|(pid, _)| names(*pid));
    found
        .map(|(pid, _)| format!("{pid} {}", command(pid)))
        .collect()
}
